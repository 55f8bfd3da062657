# SPDX-License-Identifier: BSL-1.0
# Reads ctest's log. Prints the end of the output of every test that failed.

/^[0-9]+\/[0-9]+ Test: / { name = $3; lines = 0 }
/^Output:$/ { reading = 1; getline; next }
/^<end of output>$/ { reading = 0 }
reading { output[lines++] = $0 }
/^Test Failed\./ { show() }

function show(    line) {
    print "-- failed: " name
    for (line = lines > 60 ? lines - 60 : 0; line < lines; ++line) print output[line]
}
