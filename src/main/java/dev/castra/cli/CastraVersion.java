package dev.castra.cli;

import picocli.CommandLine.IVersionProvider;

/** The version in the jar's manifest. */
final class CastraVersion implements IVersionProvider {
  static String number() {
    String version = CastraVersion.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"castra " + number(), "Java " + System.getProperty("java.version")};
  }
}
