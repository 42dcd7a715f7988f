"""What several tests need: one coder, and the folder of shared texts where there is one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from communique import Coder

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _no_installed_tables(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Releases of tables that the user of this machine has installed are no matter of the tests."""
    os.environ["COMMUNIQUE_TABLES"] = str(tmp_path_factory.mktemp("tables"))


@pytest.fixture(scope="session")
def coder() -> Coder:
    """The rules alone: what they read is what their tests are about."""
    return Coder(kind="fast")


@pytest.fixture(scope="session")
def accurate() -> Coder:
    """Rules and encoder together, as users have it."""
    return Coder()


@pytest.fixture(scope="session")
def shared() -> Path:
    if not (SHARED / "reports").is_dir():
        pytest.skip("the shared reports and gold texts are not here")
    return SHARED
