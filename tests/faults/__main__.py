"""`python -m tests.faults`: rounds of the crash proof from a printed seed; exit 0 if all held, 1 with what did not."""

from __future__ import annotations

import argparse
import importlib
import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.house import House
from tests.faults.stand import SETTINGS, own_folder, set_up, stand, surround

PLANTS = ("early_ack", "unlocked_seq", "memory_timer")
WRITERS, SILENT = 8, 20


def main() -> None:
    asked = _arguments()
    seed = asked.seed if asked.seed is not None else secrets.randbelow(10**6)
    planted = f", with {asked.plant} planted" if asked.plant else ""
    print(f"seed {seed}: {asked.rounds} rounds, {WRITERS} writers{planted}", flush=True)
    began = time.monotonic()
    wrong: list[str] = []
    with own_folder() as folder:
        wrong = _prove(folder, asked.rounds, seed, asked.plant)
    lasted = f"{time.monotonic() - began:.0f} s"
    if wrong:
        print(f"RED after {lasted}, seed {seed}:")
        for sentence in wrong:
            print(f"  {sentence}")
        sys.exit(1)
    print(f"GREEN after {lasted}, seed {seed}: nothing lost, nothing doubled, nothing late", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--plant", choices=PLANTS)
    return parser.parse_args()


def _prove(folder: Path, rounds: int, seed: int, planted: str | None) -> list[str]:
    """Rounds until one shows something wrong, or all are done."""
    surround(folder)  # a plant may be settings of its own: they are read as it is imported
    plant = importlib.import_module(f"tests.faults.plants.{planted}") if planted else None
    set_up(folder, getattr(plant, "SETTINGS", SETTINGS))
    import django

    from tests.faults.gateway import Gateway

    with (
        Gateway(f"{seed}") as gateway,
        House(folder, settings=os.environ["DJANGO_SETTINGS_MODULE"], sms_url=gateway.url) as house,
    ):
        proof = stand(house, gateway, seed, writers=WRITERS, silent=SILENT)
        prepare = getattr(plant, "prepare", None)
        if prepare is not None:
            prepare()
        for ear in proof.ears:
            ear.start()
        wrong: list[str] = []
        try:
            for number in range(1, rounds + 1):
                wrong = proof.round(number)
                if wrong:
                    break
            wrong = wrong or proof.settle()
            if wrong:
                kept = Path(tempfile.gettempdir()) / f"oneroom-faults-{seed}.log"
                kept.write_text(house.log)
                wrong.append(f"(what the parts printed: {kept})")
            print(proof.summary(), flush=True)
            return wrong
        finally:
            for ear in proof.ears:
                ear.stop()
            django.db.connections.close_all()


if __name__ == "__main__":
    main()
