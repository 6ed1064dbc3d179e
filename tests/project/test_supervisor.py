"""The supervisor is started as a process of its own, and its children are real processes that can be looked for."""

import os
import signal
import subprocess
import sys
import textwrap

import psutil
import pytest

from tests.waiting import until

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
FAILING = "import sys; print('up', flush=True); sys.exit(3)"


class Running:
    """A supervisor of the given parts (name to program text), and what it printed so far."""

    def __init__(self, tmp_path, **programs):
        self.output = tmp_path / "output"
        parts = ", ".join(f"Part({name!r}, [sys.executable, '-c', {text!r}])" for name, text in programs.items())
        program = f"""
            import sys
            from oneroom.project.supervisor import Part, Supervisor
            Supervisor([{parts}], out=sys.stdout).run()
            print('supervisor ended', flush=True)
        """
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", textwrap.dedent(program)], stdout=output, stderr=subprocess.STDOUT
            )

    @property
    def lines(self):
        return self.output.read_text().splitlines()

    def is_up(self, *names):
        return until(lambda: all(any(line.split() == [name, "|", "up"] for line in self.lines) for name in names))

    def children(self):
        return psutil.Process(self.process.pid).children()


@pytest.fixture
def supervise(tmp_path):
    started = []

    def start(**programs):
        started.append(Running(tmp_path, **programs))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
        running.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_ends_every_part_and_then_the_supervisor(supervise, number):
    running = supervise(web=SLEEPER, clock=SLEEPER)
    running.is_up("web", "clock")
    children = running.children()

    running.process.send_signal(number)

    assert running.process.wait(10) == 0
    assert len(children) == 2
    assert not any(child.is_running() for child in children)
    assert running.lines[-1] == "supervisor ended"


def test_parts_stop_in_the_reverse_order_of_their_start(supervise):
    telling = f"import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit())); {SLEEPER}"
    running = supervise(web=telling, clock=telling)
    running.is_up("web", "clock")

    running.process.terminate()
    running.process.wait(10)

    assert [line.split()[0] for line in running.lines if line.endswith("bye")] == ["clock", "web"]


def test_a_part_that_does_not_stop_is_killed_within_seconds(supervise):
    running = supervise(web=STUBBORN)
    running.is_up("web")
    child = running.children()[0]

    running.process.terminate()

    assert running.process.wait(12) == 0
    assert not child.is_running()


def test_a_part_that_needs_long_to_stop_has_its_time_though_another_does_not_stop(supervise):
    ends = "lambda *_: (time.sleep(3), print('bye'), sys.exit())"
    slow = f"import signal, sys, time; signal.signal(signal.SIGTERM, {ends}); {SLEEPER}"
    running = supervise(web=slow, clock=STUBBORN)
    running.is_up("web", "clock")

    running.process.terminate()
    running.process.wait(12)

    assert [line.split()[0] for line in running.lines if line.endswith("bye")] == ["web"]
    assert [line.split()[0] for line in running.lines if "so it is killed" in line] == ["clock"]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux tells a child of its parent's death.")
def test_a_killed_supervisor_leaves_no_part_behind(supervise):
    running = supervise(web=STUBBORN, clock=SLEEPER)
    running.is_up("web", "clock")
    children = running.children()

    running.process.kill()

    until(lambda: not any(_lives(child) for child in children))


def test_a_dead_part_is_started_again_and_the_others_go_on(supervise):
    running = supervise(web=SLEEPER, clock=SLEEPER)
    running.is_up("web", "clock")
    web, clock = sorted(running.children(), key=lambda child: child.pid)

    os.kill(web.pid, signal.SIGKILL)

    until(lambda: len([line for line in running.lines if line.split() == ["web", "|", "up"]]) == 2)
    assert clock.is_running()
    assert any("web" in line and "ended with -9" in line for line in running.lines)


def test_a_part_that_fails_at_once_is_started_ever_more_slowly(supervise):
    running = supervise(web=FAILING)

    until(lambda: sum("ended with 3" in line for line in running.lines) == 2)

    pauses = [line.rsplit("again in ", 1)[1] for line in running.lines if "again in" in line]
    assert pauses == ["0.5 s", "1 s"]


def test_each_line_says_which_part_printed_it_and_a_broken_one_stops_nothing(supervise):
    noisy = "import sys; sys.stdout.buffer.write(b'\\xff\\n' + b'x' * 3_000_000 + b'\\n'); " + SLEEPER
    running = supervise(web=noisy)

    running.is_up("web")

    assert running.lines[0] == "web | \N{REPLACEMENT CHARACTER}"


def _lives(process):
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
