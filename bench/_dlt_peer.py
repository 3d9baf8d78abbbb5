"""The peer of `bench ingest`: dlt reads the same pages and merges them into SQLite. Run by a Python that has dlt; prints JSON."""

import json
import os
import resource
import sys
import time

base, folder, records = sys.argv[1], sys.argv[2], int(sys.argv[3])
os.makedirs(folder)
os.environ |= {"DLT_DATA_DIR": folder, "RUNTIME__DLTHUB_TELEMETRY": "false", "RUNTIME__LOG_LEVEL": "ERROR"}

import dlt  # noqa: E402 - it reads its settings when it is imported
from dlt.sources.rest_api import rest_api_source  # noqa: E402

source = rest_api_source(
    {
        "client": {"base_url": base},
        "resources": [
            {
                "name": "demand",
                "primary_key": "id",
                "write_disposition": "merge",
                "endpoint": {
                    "path": "json",
                    "data_selector": "data",
                    "paginator": {
                        "type": "page_number",
                        "base_page": 1,
                        "page_param": "page",
                        "total_path": None,
                        "maximum_page": records // 1000 + 1,
                    },
                },
            }
        ],
    }
)
pipeline = dlt.pipeline("ingest", destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder}/dlt.sqlite3"), dataset_name="main")
started, used = time.perf_counter(), time.process_time()
pipeline.run(source)
seconds, processor = time.perf_counter() - started, time.process_time() - used
loaded = pipeline.last_trace.last_normalize_info.row_counts["demand"]
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
told = {"records": loaded, "records_per_second": round(loaded / seconds), "per_processor_second": round(loaded / processor)}
print(json.dumps(told | {"peak_mb": peak, "version": dlt.__version__}))
