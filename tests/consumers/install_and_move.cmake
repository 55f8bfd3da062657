# SPDX-License-Identifier: BSL-1.0
file(REMOVE_RECURSE ${STAGE} ${MOVED})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${STAGE} COMMAND_ERROR_IS_FATAL ANY)
file(RENAME ${STAGE} ${MOVED})
foreach(file IN ITEMS include/keyway/keyway.hpp share/cmake/keyway/keywayConfig.cmake share/doc/keyway/LICENSE)
    if(NOT EXISTS ${MOVED}/${file})
        message(FATAL_ERROR "not installed: ${file}")
    endif()
endforeach()
