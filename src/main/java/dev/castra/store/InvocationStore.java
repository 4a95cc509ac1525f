package dev.castra.store;

import static dev.castra.store.jooq.Tables.INVOCATIONS;
import static dev.castra.store.jooq.Tables.PROJECTS;
import static dev.castra.store.jooq.Tables.VMS;

import dev.castra.project.Project;
import dev.castra.vm.SshTarget;
import dev.castra.vm.VmSpec;
import java.time.Instant;
import org.jooq.DSLContext;

/** Records commands, and the project as they found it. */
public final class InvocationStore {
  private static final short SINGLE = 1;

  private final Database database;

  public InvocationStore(Database database) {
    this.database = database;
  }

  /** Records that {@code invocation} begins on {@code project}. Repeatable. */
  public void begin(Invocation invocation, Project project, Instant now) {
    database.transaction(
        sql -> {
          insert(sql, invocation, now);
          if (!isKnown(sql, project)) {
            remember(sql, project, now);
          }
          return null;
        });
  }

  /** Records that {@code invocation} begins, and nothing of the project. Repeatable. */
  public void begin(Invocation invocation, Instant now) {
    database.transaction(
        sql -> {
          insert(sql, invocation, now);
          return null;
        });
  }

  private static void insert(DSLContext sql, Invocation invocation, Instant now) {
    sql.mergeInto(INVOCATIONS)
        .columns(
            INVOCATIONS.INVOCATION_ID,
            INVOCATIONS.COMMAND,
            INVOCATIONS.CASTRA_VERSION,
            INVOCATIONS.PID,
            INVOCATIONS.PID_START_TICKS,
            INVOCATIONS.HOST_BOOT_ID,
            INVOCATIONS.STARTED_AT)
        .key(INVOCATIONS.INVOCATION_ID)
        .values(
            invocation.id(),
            Text.atMost(1000, invocation.command()),
            invocation.castraVersion(),
            invocation.process().pid(),
            invocation.process().startTicks(),
            invocation.process().hostBootId(),
            Times.utc(now))
        .execute();
  }

  public void end(Invocation invocation, int exitCode, Instant now) {
    database.transaction(
        sql ->
            sql.update(INVOCATIONS)
                .set(INVOCATIONS.ENDED_AT, Times.utc(now))
                .set(INVOCATIONS.EXIT_CODE, exitCode)
                .where(INVOCATIONS.INVOCATION_ID.eq(invocation.id()))
                .execute());
  }

  private static boolean isKnown(DSLContext sql, Project project) {
    return sql.fetchExists(
        sql.selectOne()
            .from(PROJECTS)
            .where(PROJECTS.CONFIG_SHA256.eq(project.configHash().hex()))
            .and(PROJECTS.NAME.eq(project.name())));
  }

  private static void remember(DSLContext sql, Project project, Instant now) {
    sql.mergeInto(PROJECTS)
        .columns(PROJECTS.PROJECT_ID, PROJECTS.NAME, PROJECTS.CONFIG_SHA256, PROJECTS.UPDATED_AT)
        .key(PROJECTS.PROJECT_ID)
        .values(SINGLE, project.name(), project.configHash().hex(), Times.utc(now))
        .execute();
    sql.update(VMS).set(VMS.IN_CONFIG, false).execute();
    for (VmSpec vm : project.vms()) {
      sql.mergeInto(VMS)
          .columns(
              VMS.VM,
              VMS.ROLE,
              VMS.POSITION,
              VMS.IN_CONFIG,
              VMS.CPUS,
              VMS.MEMORY_MIB,
              VMS.DRIVER,
              VMS.ADDRESS,
              VMS.UPDATED_AT)
          .key(VMS.VM)
          .values(
              vm.name().value(),
              vm.role().value(),
              vm.position(),
              true,
              vm.cpus(),
              vm.memoryMib(),
              vm.driver().id(),
              vm.ssh().map(SshTarget::address).orElse(null),
              Times.utc(now))
          .execute();
    }
  }
}
