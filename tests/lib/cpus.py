# SPDX-License-Identifier: GPL-2.0-or-later
"""Processors as sysfs shows them: cores, threads, last-level caches, NUMA nodes, kinds."""


def mask(cpus):
    """As the kernel writes a set: words of 32 bits with commas between them."""
    bits = sum(1 << cpu for cpu in cpus)
    words = []
    while bits or not words:
        words.insert(0, f"{bits & 0xffffffff:08x}")
        bits >>= 32
    return ",".join(words) + "\n"


def put_cpus(root, cores=12, threads=1, caches=1, nodes=1, slow=0, offline=()):
    """Core n has CPU n and, with threads, CPU n + cores; slow cores of one thread follow."""
    base = "sys/devices/system/cpu"
    table = [[core + cores * t for t in range(threads)] for core in range(cores)]
    table += [[cores * threads + n] for n in range(slow)]
    every = [cpu for cpus in table for cpu in cpus]
    per_cache, per_node = -(-len(table) // caches), -(-len(table) // nodes)
    for name in ("possible", "present"):
        root.put(f"{base}/{name}", f"0-{len(every) - 1}\n")
    root.put(f"{base}/online", ",".join(str(cpu) for cpu in sorted(every) if cpu not in offline) + "\n")
    for number, cpus in enumerate(table):
        node = number // per_node
        near = [cpu for other in table[node * per_node:(node + 1) * per_node] for cpu in other]
        first = number // per_cache * per_cache
        cache = [cpu for other in table[first:first + per_cache] for cpu in other]
        for cpu in cpus:
            path = f"{base}/cpu{cpu}"
            root.put(f"{path}/online", "0\n" if cpu in offline else "1\n")
            if cpu in offline:
                continue
            # the kernel tells kinds by their frequencies
            root.put(f"{path}/cpufreq/cpuinfo_max_freq", f"{5000000 if number < cores else 3600000}\n")
            for name, text in (("core_id", f"{number}\n"), ("physical_package_id", f"{node}\n"),
                               ("thread_siblings", mask(cpus)), ("core_cpus", mask(cpus)),
                               ("core_siblings", mask(near)), ("package_cpus", mask(near))):
                root.put(f"{path}/topology/{name}", text)
            for name, text in (("level", "3\n"), ("type", "Unified\n"), ("size", "32768K\n"),
                               ("shared_cpu_map", mask(cache)), ("coherency_line_size", "64\n"),
                               ("number_of_sets", "1\n"), ("physical_line_partition", "1\n")):
                root.put(f"{path}/cache/index3/{name}", text)
    root.put("sys/devices/system/node/online", f"0-{nodes - 1}\n")
    for node in range(nodes):
        near = [cpu for other in table[node * per_node:(node + 1) * per_node] for cpu in other]
        root.put(f"sys/devices/system/node/node{node}/cpumap", mask(near))
        root.put(f"sys/devices/system/node/node{node}/meminfo",
                 f"Node {node} MemTotal:       16777216 kB\n")
        root.put(f"sys/devices/system/node/node{node}/distance",
                 " ".join("10" if other == node else "20" for other in range(nodes)) + "\n")
    return root
