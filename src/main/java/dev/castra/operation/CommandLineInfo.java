package dev.castra.operation;

/**
 * How the command was called, for the record and for others who wait for it.
 *
 * @param text as typed; holds no secrets, since Castra takes none on its command line
 * @param version of Castra
 */
public record CommandLineInfo(String text, String version) {}
