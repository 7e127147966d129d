#!/usr/bin/env python3
"""Prints where the time of a test run went: the build, and each part of the tests, from CTest's JUnit file."""
import sys
import xml.etree.ElementTree as ET
from collections import defaultdict

seconds, count = defaultdict(float), defaultdict(int)
for case in ET.parse(sys.argv[1]).getroot().iter("testcase"):
    part = case.get("name").split("_")[0]
    seconds[part] += float(case.get("time") or 0)
    count[part] += 1
print(f"{'part':<12}{'programs':>9}{'seconds':>10}   (the parts run side by side)")
for part in sorted(seconds):
    print(f"{part:<12}{count[part]:>9}{seconds[part]:>10.1f}")
print(f"{'build':<12}{'':>9}{int(sys.argv[2]):>10}\n{'all tests':<12}{sum(count.values()):>9}{int(sys.argv[3]):>10}   elapsed")
