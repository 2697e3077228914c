package org.barestack.diff;

/**
 * A value of the site that differs.
 *
 * @param key as the site file has it: {@code networks.public.range}
 * @param before for people
 * @param after for people
 * @param effect what that means where it is not seen in an artefact; empty where all of it is
 */
public record FieldChange(String key, String before, String after, String effect) {}
