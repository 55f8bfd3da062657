# Lies in the source tree, and packages that tree.
{ lib, stdenv, cmake }:

stdenv.mkDerivation {
  pname = "keyway";
  version = "0.1.0";
  src = lib.cleanSource ../../..;
  nativeBuildInputs = [ cmake ];
  cmakeFlags = [ "-DKEYWAY_BUILD_TESTS=OFF" "-DKEYWAY_BUILD_EXAMPLES=OFF" ];
  meta = {
    description = "Header-only C++20 sockets in which the wrong way round does not compile";
    license = lib.licenses.boost;
    platforms = lib.platforms.all;
  };
}
