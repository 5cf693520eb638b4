"""Faults, tried on real servers. What a trial asserts is shown as in a test."""

import pytest

pytest.register_assert_rewrite("tests.faults.trial", "tests.faults.stage")
