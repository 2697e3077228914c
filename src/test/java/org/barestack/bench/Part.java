package org.barestack.bench;

import java.util.List;

/** One part of the benchmark: some contests that need the same things. */
interface Part {
  /** A short word: its file's name, and what {@code make bench PART=} takes. */
  String name();

  /** Its heading on the page. */
  String title();

  /** How it is measured, so that others can do it again; Markdown, some sentences. */
  String method();

  /** Runs it. What it started has ended, and what it laid is gone, when it returns. */
  List<Result> run(Setting setting) throws Exception;
}
