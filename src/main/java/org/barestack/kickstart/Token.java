package org.barestack.kickstart;

/**
 * A word of a line, without its quotes.
 *
 * @param column where it begins, from 1, in characters
 */
record Token(String text, int column) {
  boolean isOption() {
    return text.startsWith("--") && text.length() > 2;
  }
}
