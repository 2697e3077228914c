package org.barestack.format.iso;

/**
 * The boot record that leads to El Torito's catalog (El Torito 1.0, "Boot Record Volume
 * Descriptor").
 *
 * @param sector its own
 * @param catalog sector of the catalog
 */
public record BootRecord(long sector, long catalog) {}
