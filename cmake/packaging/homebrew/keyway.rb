class Keyway < Formula
  desc "Header-only C++20 sockets in which the wrong way round does not compile"
  homepage "https://example.org/keyway"
  url "https://example.org/keyway.git", tag: "v0.1.0"
  license "BSL-1.0"
  head "https://example.org/keyway.git", branch: "main"

  depends_on "cmake" => [:build, :test]

  def install
    system "cmake", "-S", ".", "-B", "build", "-DKEYWAY_BUILD_TESTS=OFF", "-DKEYWAY_BUILD_EXAMPLES=OFF", *std_cmake_args
    system "cmake", "--install", "build"
    pkgshare.install "tests/consumers/echo.cpp"
  end

  test do
    system ENV.cxx, "-std=c++20", "-I#{include}", pkgshare/"echo.cpp", "-o", "echo"
    system "./echo"
  end
end
