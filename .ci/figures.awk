# SPDX-License-Identifier: BSL-1.0
# Reads ctest's log, in which a test is a doctest suite or a part of one, a Python unittest or a plain program. Prints
# `PASSED SKIPPED` and a line for each test case that was skipped, in part or whole. Those do not count as passed.

{ sub(/\r$/, "") }

/^[0-9]+\/[0-9]+ Test: / { test = $3; cases = 0; reported = 0 }

# doctest
/^TEST CASE:/ { name = substr($0, 13) }
/MESSAGE: skipped/ { skip(name) }
/^\[doctest\] test cases:/ { cases = $6; reported = 1 }

# unittest
/ \.\.\. skipped / { skip($1) }
/^Ran [0-9]+ tests? in / { cases = $2; reported = 1 }
/^FAILED / {
    for (rest = $0; match(rest, /(failures|errors)=[0-9]+/); rest = substr(rest, RSTART + RLENGTH)) {
        split(substr(rest, RSTART, RLENGTH), part, "=")
        cases -= part[2]
    }
}

/^Test Passed\./ && !reported { cases = 1 }
/^Test (Passed|Failed)\./ { passed += cases - left_out[test]; skipped += left_out[test] }

function skip(name) {
    if (!seen[test, name]++) ++left_out[test]
    sub(/^.*skipped:? */, "")
    reasons = reasons "   skipped: " test ": " name ": " $0 "\n"
}

END { printf "%d %d\n%s", passed, skipped, reasons }
