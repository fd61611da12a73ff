"""R3: kill -9 of server and database under load loses nothing that was acknowledged; a build that must lose, does."""

import asyncio
from pathlib import Path

from tests.reliability.killing import SENDERS, cycles, ground, replica_faults


async def test_r3_i1_ten_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    async with ground(tmp_path) as field:
        tally = await cycles(field, 10)
        assert tally.wrong == []
        assert len(tally.acknowledged) >= 10 * SENDERS, "each kill came under load"
        assert tally.acknowledged == tally.made, "every outbox drained"
        assert await field.lost() == set()
        assert await replica_faults(field) == []


async def test_r3_a_build_that_answers_before_the_commit_loses(tmp_path: Path) -> None:
    """Mutant `answer_before_commit`: the control that shows this test can see a loss."""
    async with ground(tmp_path, mutant="answer_before_commit") as field:
        sending = [asyncio.create_task(field.send(n)) for n in range(len(field.tablets))]
        await field.acknowledged(20)
        await field.server.kill()
        field.ending.set()
        for task in sending:
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)
        assert field.tally.wrong == []
        assert len(field.tally.acknowledged) >= 20
        assert await field.lost() != set()
