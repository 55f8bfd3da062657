# SPDX-License-Identifier: BSL-1.0
file(REMOVE_RECURSE ${PLACE})
file(COPY ${SOURCE}/include/keyway DESTINATION ${PLACE}/third_party)
execute_process(
    COMMAND ${COMPILER} -std=c++${STANDARD} -I ${PLACE}/third_party ${SOURCE}/tests/consumers/echo.cpp -o ${PLACE}/echo
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${PLACE}/echo COMMAND_ERROR_IS_FATAL ANY)
