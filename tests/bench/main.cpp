// SPDX-License-Identifier: BSL-1.0
// The benchmarks of one library. run.py runs the programs of all and compares.

#include "common.hpp"

int main(int argc, char** argv) {
    bench::stay_on(bench::all_cpus.back());
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return EXIT_FAILURE;
    bench::add_streams();
    bench::add_datagrams();
    bench::add_polls();
    bench::add_servers();
    bench::add_values();
#ifdef BENCH_ARRANGEMENTS
    bench::add_arrangements();
    bench::add_copies();
#endif
    benchmark::RunSpecifiedBenchmarks();
    return EXIT_SUCCESS;
}
