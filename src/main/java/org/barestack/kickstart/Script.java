package org.barestack.kickstart;

/**
 * A script of a kickstart.
 *
 * @param section what opens it, such as {@code %pre}
 * @param source the included file it stands in; empty for the kickstart itself
 * @param line where its text begins, from 1
 * @param interpreter the program that runs it
 * @param text as it stands there
 */
public record Script(String section, String source, int line, String interpreter, String text) {}
