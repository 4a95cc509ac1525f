package dev.castra.bootstrap.step;

import dev.castra.bootstrap.Connection;
import dev.castra.bootstrap.GuestAccess;
import dev.castra.bootstrap.RunContext;
import dev.castra.bootstrap.StepFailure;
import dev.castra.guest.HandshakeResult;
import dev.castra.vm.VmName;

/** Waits for the guest's authenticated answer in this boot. */
public final class WaitHandshake {
  private final RunContext context;
  private final GuestAccess access;
  private final Connection connection;

  public WaitHandshake(RunContext context, GuestAccess access, Connection connection) {
    this.context = context;
    this.access = access;
    this.connection = connection;
  }

  public StepResult<VmName> call() throws InterruptedException {
    HandshakeResult result = access.awaitHandshake(context.artifact().spec().handshakeTimeout());
    if (result instanceof HandshakeResult.NotShaken not) {
      throw StepFailure.of(not);
    }
    HandshakeResult.Shaken shaken = (HandshakeResult.Shaken) result;
    connection.use(shaken.session());
    context.onHandshake().accept(shaken);
    String tries = shaken.attempts() == 1 ? "1 try" : shaken.attempts() + " tries";
    return StepResult.done(context.vm(), tries);
  }
}
