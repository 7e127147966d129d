"""`codec`: what reading and writing one message costs, by Google Benchmark (codec/). The RADIUS part allocates nothing."""
import json
import subprocess

import measure
from bench import say


def run(bench):
    done = subprocess.run([bench.build / "bench" / "codec_bench", "--benchmark_format=json", "--benchmark_min_time=0.5"],
                          capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"codec_bench: {done.stderr.strip() or done.returncode}")
    found = json.loads(done.stdout)["benchmarks"]
    if broken := [one["name"] for one in found if one.get("error_occurred")]:
        raise RuntimeError("codec_bench: " + ", ".join(broken))
    results = {one["name"]: {"ns": round(one["cpu_time"]), "allocations": one["allocations"]} for one in found}
    bench.results["codec"] = results
    say("\n" + measure.table([(name, of["ns"], f"{of['allocations']:g}") for name, of in results.items()],
                             ("codec", "ns of CPU", "allocations")))
    radius = sum(of["allocations"] for name, of in results.items() if name.startswith("radius_"))
    bench.target("codec", "allocations, RADIUS", f"{radius:g}", "0", radius == 0)
