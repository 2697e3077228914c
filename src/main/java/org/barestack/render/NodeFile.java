package org.barestack.render;

/**
 * A file that a node gets.
 *
 * @param path absolute
 * @param mode four octal digits, {@code 0600}
 */
public record NodeFile(String path, String mode, String text) {}
