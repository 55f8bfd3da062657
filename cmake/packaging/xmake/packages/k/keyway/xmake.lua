-- Lies in the source tree, and packages that tree.
package("keyway")
    set_kind("library", {headeronly = true})
    set_description("Header-only C++20 sockets in which the wrong way round does not compile")
    set_license("BSL-1.0")
    set_sourcedir(path.join(os.scriptdir(), "../../../../../.."))
    add_versions("0.1.0", "")

    on_load("windows", "mingw", function (package)
        package:add("syslinks", "ws2_32")
    end)

    on_install(function (package)
        os.cp("include/keyway", package:installdir("include"))
    end)

    on_test(function (package)
        assert(package:has_cxxincludes("keyway/keyway.hpp", {configs = {languages = "c++20"}}))
    end)
