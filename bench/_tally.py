"""What came of the cases that Schemathesis made."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from schemathesis.engine import Status


class Tally:
    """What came of all cases: how many, which failed by which check, which statuses each operation answered."""

    def __init__(self) -> None:
        self.cases = 0
        self.checks: Counter[str] = Counter()
        self.failures: Counter[str] = Counter()
        self.examples: dict[str, dict[str, Any]] = {}
        self.errors: list[str] = []
        self.excused = 0
        self.statuses: dict[str, Counter[str]] = defaultdict(Counter)

    def add(self, caller: str, recorder) -> None:
        self.cases += len(recorder.interactions)
        self.excused += sum(recorder.filtered_failures.values())
        for ident, node in recorder.cases.items():
            its = recorder.interactions.get(ident)
            if its is not None and its.response is not None and its.request.method == node.value.operation.method.upper():
                self.statuses[node.value.operation.label][str(its.response.status_code)] += 1
        for ident, checks in recorder.checks.items():
            for check in checks:
                self.checks[check.name] += 1
                if check.status != Status.SUCCESS:
                    self._fail(caller, recorder, ident, check)

    def take(self, other: Tally) -> None:
        """What came of further cases."""
        self.cases += other.cases
        self.checks += other.checks
        self.failures += other.failures
        self.excused += other.excused
        self.examples = other.examples | self.examples
        self.errors += other.errors
        for label, seen in other.statuses.items():
            self.statuses[label] += seen

    def _fail(self, caller: str, recorder, ident: str, check) -> None:
        case = recorder.cases[ident].value
        self.failures[check.name] += 1
        if check.failure_info is None:
            self.errors.append(f"{case.operation.label}: {check.name} crashed")
            return
        its = recorder.interactions.get(ident)
        key = f"{check.name} {case.operation.label} {its and its.response and its.response.status_code}"
        told = check.failure_info
        body = its.response.content[:400].decode(errors="replace") if its and its.response and its.response.content else ""
        kept = self.examples.setdefault(
            key, {"count": 0, "caller": caller, "message": told.failure.message[:500], "curl": told.code_sample[:600], "answer": body}
        )
        kept["count"] += 1
