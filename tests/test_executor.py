"""One seam: the same results from every executor."""

import operator

import pytest

from exchange.errors import SettingWrong
from exchange.executor import executor


@pytest.mark.parametrize("spec", ["serial", "process"])
def test_the_results_do_not_depend_on_where_the_work_runs(spec):
    with executor(spec, workers=2) as pool:
        assert list(pool.map(operator.neg, range(5))) == [0, -1, -2, -3, -4]
        assert isinstance(pool.submit(operator.truediv, 1, 0).exception(), ZeroDivisionError)


@pytest.mark.parametrize("spec", ["threads", "", "dask:8786"])
def test_an_executor_that_is_not_known_is_named(spec):
    with pytest.raises(SettingWrong, match="EXCHANGE_EXECUTOR"), executor(spec):
        pass
