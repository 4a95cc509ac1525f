package dev.castra.guest;

import java.io.IOException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.shell.ProcessShellFactory;

/**
 * Stands in for a guest while a class archive is made: an SSH server on a free loopback port that
 * lets in nobody but the owner of one key, and runs commands with this machine's {@code /bin/sh}.
 */
public final class TrainingMachine implements AutoCloseable {
  private final SshServer server;

  private TrainingMachine(SshServer server) {
    this.server = server;
  }

  /** Listens until it is closed. */
  public static TrainingMachine start(SshIdentity client) throws IOException {
    SshServer server = SshServer.setUpDefaultServer();
    server.setHost("127.0.0.1");
    server.setKeyPairProvider(KeyPairProvider.wrap(SshKeys.generate("machine").keys()));
    server.setPublickeyAuthenticator(
        (user, key, session) -> KeyUtils.compareKeys(key, client.keys().getPublic()));
    server.setCommandFactory(
        (channel, command) ->
            new ProcessShellFactory(command, "/bin/sh", "-c", command).createShell(channel));
    server.start();
    return new TrainingMachine(server);
  }

  public int port() {
    return server.getPort();
  }

  @Override
  public void close() throws IOException {
    server.stop(true);
  }
}
