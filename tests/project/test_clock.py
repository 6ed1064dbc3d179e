import multiprocessing
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from oneroom.project import clock as clocks
from oneroom.project.clock import FileClock, RealClock
from oneroom.project.environment import unreadable

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Machine:
    """The machine's two clocks, set by hand: what the wall says, and seconds that only grow."""

    def __init__(self):
        self.wall_s = 1_000_000.0
        self.running_s = 500.0

    def passes(self, seconds):
        self.wall_s += seconds
        self.running_s += seconds

    def time(self):
        return self.wall_s

    def monotonic(self):
        return self.running_s


@pytest.fixture
def machine(monkeypatch):
    machine = Machine()
    monkeypatch.setattr(clocks, "time", machine)
    return machine


@pytest.fixture
def demo(tmp_path, machine):
    clock = FileClock(tmp_path / "clock.json")
    clock.start(NOON)
    return clock


def test_setting_the_machines_clock_does_not_move_project_time(machine):
    clock = RealClock()
    before = clock.now()

    machine.wall_s -= 3600
    machine.passes(2)

    assert clock.now() - before == timedelta(seconds=2)


def test_r11_a_part_started_after_the_machines_clock_was_set_has_the_time_of_the_others(machine):
    """Who starts the parts hands its beginning on; without it the new part would be an hour behind."""
    house = RealClock()
    machine.wall_s -= 3600
    machine.passes(2)

    assert RealClock(house.handed_on()).now() == house.now()
    assert RealClock(RealClock(house.handed_on()).handed_on()).now() == house.now()


def test_a_beginning_of_before_the_machines_last_start_is_none(machine):
    handed = RealClock().handed_on()
    machine.running_s = 3.0

    assert abs(RealClock(handed).now() - RealClock().now()) < timedelta(minutes=1)


NO_BEGINNINGS = [
    "yesterday", "2026-11-27T00:00:00+00:00", "2026-11-27T00:00:00 5.0", "2026-11-27T00:00:00+00:00 nan", "  ",
]  # fmt: skip


@pytest.mark.parametrize("handed", NO_BEGINNINGS)
def test_a_beginning_that_is_none_is_a_sentence_and_changes_no_time(handed):
    assert abs(RealClock(handed).now() - RealClock().now()) < timedelta(minutes=1)
    [sentence] = unreadable({clocks.CLOCK_BEGAN: handed})
    assert sentence.startswith(f"ONEROOM_CLOCK_BEGAN is {handed!r}.")


def test_a_part_that_is_handed_no_beginning_says_so_and_ends():
    environment = {**os.environ, clocks.CLOCK_BEGAN: "yesterday"}
    environment.pop(clocks.CLOCK_FILE, None)
    run = subprocess.run(
        [sys.executable, "-m", "oneroom", "check"], env=environment, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip

    assert run.returncode == 1
    assert "ONEROOM_CLOCK_BEGAN is 'yesterday'." in run.stderr
    assert "Traceback" not in run.stderr


def test_r11_a_house_hands_its_beginning_on_to_each_part_it_starts(monkeypatch):
    from oneroom.project import parts

    house = RealClock()
    monkeypatch.setattr(clocks, "clock", house)
    given = parts.clock().environment[clocks.CLOCK_BEGAN]
    monkeypatch.setenv(clocks.CLOCK_BEGAN, given)
    monkeypatch.delenv(clocks.CLOCK_FILE, raising=False)

    assert clocks.chosen().handed_on() == house.handed_on() == given


def test_project_time_is_aware_and_utc(demo):
    assert RealClock().now().utcoffset() == demo.now().utcoffset() == timedelta(0)


def test_the_demos_clock_runs_as_fast_as_it_is_told(demo, machine):
    demo.set_rate(60)
    machine.passes(10)

    assert demo.now() == NOON + timedelta(minutes=10)


def test_a_change_of_rate_does_not_jump(demo, machine):
    machine.passes(5)
    demo.set_rate(60)

    assert demo.now() == NOON + timedelta(seconds=5)


def test_a_paused_clock_stands_still(demo, machine):
    demo.set_rate(0)
    machine.passes(3600)

    assert demo.now() == NOON
    assert demo.rate() == 0


def test_the_hours_between_two_runs_of_the_demo_do_not_pass_in_it(demo, machine):
    machine.passes(30)
    demo.checkpoint()
    machine.passes(8 * 3600)

    again = FileClock(demo.path)
    again.resume()

    assert again.now() == NOON + timedelta(seconds=30)


def test_a_machines_clock_set_back_makes_the_demo_wait_not_return(demo, machine):
    machine.wall_s -= 3600

    assert demo.now() == NOON


@pytest.mark.parametrize("rate", [-1, 61, float("nan")])
def test_a_senseless_rate_is_refused_and_changes_nothing(demo, rate):
    with pytest.raises(ValueError, match="between 0"):
        demo.set_rate(rate)

    assert demo.rate() == 1


def test_every_process_sees_the_new_rate_at_its_next_question(tmp_path):
    clock = FileClock(tmp_path / "clock.json")
    clock.start(NOON)
    assert clock.rate() == 1

    other = multiprocessing.get_context("spawn").Process(target=FileClock(clock.path).set_rate, args=(60,))
    other.start()
    other.join()

    assert clock.rate() == 60


def test_writers_in_several_processes_leave_a_clock_that_can_be_read(tmp_path):
    clock = FileClock(tmp_path / "clock.json")
    clock.start(NOON, rate=0)
    context = multiprocessing.get_context("fork" if os.name == "posix" else "spawn")

    writers = [context.Process(target=_checkpoint_often, args=(clock.path,)) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert clock.now() == NOON


def _checkpoint_often(path):
    for _ in range(50):
        FileClock(path).checkpoint()


def test_the_environment_chooses_the_clock(monkeypatch, tmp_path):
    monkeypatch.delenv(clocks.CLOCK_FILE, raising=False)
    assert isinstance(clocks.chosen(), RealClock)

    monkeypatch.setenv(clocks.CLOCK_FILE, str(tmp_path / "clock.json"))
    assert isinstance(clocks.chosen(), FileClock)


def test_a_part_says_once_that_the_machines_clock_was_set(monkeypatch, caplog):
    running = RealClock()
    monkeypatch.setattr(clocks, "LOOK_EVERY_S", 0.0)
    before = running.now()
    monkeypatch.setattr(running, "_began", running._began + timedelta(hours=2))  # as if the wall stood two hours back

    running.now()
    running.now()

    assert running.now() - before >= timedelta(hours=2), "no deadline moves by itself"
    assert caplog.text.count("restart all parts") == 1


def test_a_clock_is_put_forward_at_its_rate_and_never_back(tmp_path):
    clock = FileClock(tmp_path / "clock.json")
    begins = datetime(2026, 11, 22, 9, tzinfo=UTC)
    clock.start(begins, 0.0)

    clock.forward(begins + timedelta(hours=1))
    clock.forward(begins)

    assert clock.now() == begins + timedelta(hours=1)
    assert clock.rate() == 0.0
