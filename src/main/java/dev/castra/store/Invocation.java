package dev.castra.store;

import dev.castra.process.ProcessIdentity;
import java.util.UUID;

/**
 * One castra command that changes something.
 *
 * @param command as typed, without env values
 */
public record Invocation(UUID id, String command, String castraVersion, ProcessIdentity process) {}
