// SPDX-License-Identifier: BSL-1.0
// What all benchmarks share. Every library has a program of its own, made of the same topics; a topic measures what the
// library's adapter in libraries/ has. A case has the same name in each program, and run.py compares them.

#ifndef BENCH_COMMON_HPP
#define BENCH_COMMON_HPP

#include <sched.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

namespace bench {

using benchmark::State;
using bytes = std::vector<std::byte>;

[[noreturn]] inline void fail(const char* what) {
    std::perror(what);
    std::exit(EXIT_FAILURE);
}

/// The result of a system call that must not fail.
template <class Result>
Result check(Result result, const char* what) {
    if (result < 0) fail(what);
    return result;
}

/// The value of a keyway result that must not be an error.
template <class Result>
auto must(Result result) {
    if (result) {
        if constexpr (requires { std::move(*result); }) return std::move(*result);
        else return;
    }
    std::fprintf(stderr, "bench: %s\n", result.error().message().c_str());
    std::exit(EXIT_FAILURE);
}

/// The CPUs that the program may use.
inline std::vector<int> cpus() {
    ::cpu_set_t allowed;
    check(::sched_getaffinity(0, sizeof(allowed), &allowed), "sched_getaffinity");
    std::vector<int> found;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
        if (CPU_ISSET(cpu, &allowed)) found.push_back(cpu);
    return found;
}

inline void stay_on(int cpu) {
    ::cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    check(::sched_setaffinity(0, sizeof(one), &one), "sched_setaffinity");
}

/// The CPUs at the start: main() pins the thread, and those that it starts, to the last one. A system does most of its own
/// work on the first one.
inline const std::vector<int> all_cpus = cpus();

/// What a rate is divided by: the CPU time of all threads, which other programs do not disturb, or, where more than one CPU
/// takes part, the time that passed.
enum class clock { cpu, real };

/// Registers a case. Names are `group: way`; the first way of a group is the plain one.
template <class Run>
void add(const std::string& name, Run run, clock by = clock::cpu) {
    auto* const added = benchmark::RegisterBenchmark(name.c_str(), run);
    if (by == clock::cpu) added->MeasureProcessCPUTime();
    else added->UseRealTime();
}

inline void count_items(State& state, std::size_t each) {
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(each));
}
inline void count_bytes(State& state, std::size_t each) {
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(each));
}

/// The registrations of the topics.
void add_streams();
void add_datagrams();
void add_arrangements();  // C and keyway only
void add_copies();        // C and keyway only
void add_polls();
void add_servers();
void add_values();

}  // namespace bench

#endif
