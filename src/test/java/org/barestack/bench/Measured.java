package org.barestack.bench;

import java.util.List;

/** What a part found, and where. */
record Measured(Host host, List<Result> results) {}
