"""The demo in processes that torchrun has started, on one machine or several.

    torchrun --standalone --nproc-per-node 4 -m llmquiz.demos.parallelism [--quick]

or with the path of this file in the place of `-m` and the module.
"""

from __future__ import annotations

import sys

from rich.console import Console

from llmquiz.demos.lab.run import silent
from llmquiz.demos.parallelism import launch, worker
from llmquiz.demos.parallelism.claims import CLAIMS
from llmquiz.demos.parallelism.measure import MOST


def main() -> None:
    """Measure with the processes that torchrun started, and print what process 0 finds of every claim.

    Raises: DemoError where it was not started by torchrun, or in a number that does not fit.
    """
    with launch.under_torchrun(MOST) as (rank, device):
        result = worker.measure(device=device, dtype="float32", seed=0, quick="--quick" in sys.argv, progress=silent)
        if rank == 0:
            console = Console()
            console.print(f"{result.model}, p={result.processes} ({result.backend})")
            for name, test in CLAIMS.items():
                finding = test(result)
                console.print(f"{name}: {finding.holds} | {finding.measured}", markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
