package dev.castra.guest;

import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.io.IoSession;

/** Hands every new session to the attempt it belongs to, before the first byte is exchanged. */
final class WatchedSessions extends SessionFactory {
  private final AttributeRepository.AttributeKey<HandshakeAttempt> key;

  WatchedSessions(SshClient client, AttributeRepository.AttributeKey<HandshakeAttempt> key) {
    super(client);
    this.key = key;
  }

  @Override
  protected ClientSessionImpl doCreateSession(IoSession connection) throws Exception {
    ClientSessionImpl session = super.doCreateSession(connection);
    HandshakeAttempt attempt = session.getConnectionContext().getAttribute(key);
    attempt.watch(session);
    return session;
  }
}
