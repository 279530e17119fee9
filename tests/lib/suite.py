# SPDX-License-Identifier: GPL-2.0-or-later
"""The common part of all suites in Python: tests are registered, run in parallel, printed as TAP.

    @test("two and two")
    def two():
        return [] if 2 + 2 == 4 else ["not four"]

    if __name__ == "__main__":
        sys.exit(main())

A test returns its problems, line by line; without any it has passed. An exception is a failed
test, too. Words on the command line choose the tests whose names hold one of them.

environment: JOBS  tests at a time (default: number of processors)
"""
import concurrent.futures
import importlib.machinery
import importlib.util
import multiprocessing
import os
import pathlib
import sys
import traceback

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(sys.argv[0]).resolve().parent       # of the suite that runs
JOBS = int(os.environ.get("JOBS") or os.cpu_count() or 1)
TESTS = []      # (name, function)


def load(path):
    """A script without a suffix as a module: load("tests/machines/mksysroot")."""
    name = str(path).replace("/", "_")
    if name not in sys.modules:
        loader = importlib.machinery.SourceFileLoader(name, str(ROOT / path))
        spec = importlib.util.spec_from_loader(name, loader)
        sys.modules[name] = importlib.util.module_from_spec(spec)
        loader.exec_module(sys.modules[name])
    return sys.modules[name]


class Wrong(list):
    """What is wrong, line by line."""

    def equal(self, what, got, want):
        if got != want:
            self.append(f"{what}: got {got!r}, want {want!r}")

    def true(self, what, holds):
        if not holds:
            self.append(what)


class Group(Wrong):
    """Assertions that are one test together."""

    def __init__(self, title):
        super().__init__()
        self.title = title


class Tap:
    """Numbers and prints tests. The plan comes first if it is known, or else last."""

    def __init__(self, planned=None):
        self.planned, self.count, self.failed = planned, 0, 0
        print("TAP version 13", flush=True)
        if planned is not None:
            print(f"1..{planned}", flush=True)

    def test(self, name, wrong):
        """Print a test; return whether it has passed."""
        self.count += 1
        self.failed += bool(wrong)
        print(f"{'not ok' if wrong else 'ok'} {self.count} - {name}", flush=True)
        for line in wrong:
            self.say(line)
        return not wrong

    def group(self, name, group):
        return self.test(f"{name}: {group.title}", group)

    @staticmethod
    def say(text):
        print("# " + str(text).replace("\n", "\n# "), flush=True)

    def end(self):
        """The exit status: no test at all is no success."""
        if self.planned is None:
            print(f"1..{self.count}")
        return 1 if self.failed or not self.count else 0


def test(name):
    """Register a test: a function that returns a list of what is wrong."""
    def register(function):
        TESTS.append((name, function))
        return function
    return register


def attempt(function):
    """What is wrong by a test; whatever goes wrong in it is its failure and no other's."""
    try:
        return function()
    except (Exception, SystemExit):     # pylint: disable=broad-exception-caught
        return traceback.format_exc().splitlines()


FUNCTIONS = []      # a function cannot be sent to another process, its number can


def attempt_number(number):
    return attempt(FUNCTIONS[number])


def processes(functions):
    """Results in the order of the functions, which run in processes of their own."""
    FUNCTIONS[:] = functions
    fork = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(JOBS, fork) as pool:
        yield from pool.map(attempt_number, range(len(functions)))


def threads(functions):
    """The same in threads, for tests that share what they make."""
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        yield from pool.map(attempt, functions)


def one_by_one(functions):
    """The same, for tests that would disturb each other."""
    return map(attempt, functions)


def main(tests=None, how=processes):
    """Run the registered tests, or those of a list, and return the exit status."""
    chosen = [(name, function) for name, function in (TESTS if tests is None else tests)
              if not sys.argv[1:] or any(word in name for word in sys.argv[1:])]
    tap = Tap(len(chosen))
    results = how([function for _, function in chosen])
    for (name, _), wrong in zip(chosen, results):
        tap.test(name, wrong)
    return tap.end()
