package org.barestack.model;

import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to one machine. Events are only ever added; a node's state is a fold over
 * its events ({@link NodeState}).
 *
 * @param sequence position in the journal, from 1; 0 until it is written
 * @param at when it was recorded, by our clock
 * @param install which install it belongs to; null if to none
 * @param detail what more there is to say, by name; what keys each kind has stands at {@link Kind}
 */
public record NodeEvent(
    long sequence,
    Instant at,
    Subject subject,
    Kind kind,
    @Nullable InstallId install,
    Map<String, String> detail) {
  /** What can happen. */
  public enum Kind {
    /** A machine that is no node asked for something: {@code uuid serial client product}. */
    STRANGER_SEEN,
    /**
     * It asked a server for something: {@code asked}, {@code answer} (absent: it got nothing),
     * {@code reason} (why nothing), {@code repeats} (how often it asked the same since that was
     * last recorded; absent: never). Says what was decided, and changes no state.
     */
    ASKED,
    /**
     * An install began to be offered: {@code token}, {@code release}, {@code medium} ({@code made}
     * if it is on a medium that somebody will start the machine from; absent: the machine asked by
     * network).
     */
    INSTALL_OPENED,
    /**
     * An install began whose system comes by an image, so that no installer runs and no disk is
     * claimed: {@code token}, {@code release}.
     */
    IMAGE_SEEDED,
    /** The machine was told to run the installer: {@code client}, {@code reason}. */
    INSTALL_OFFERED,
    /** The machine was told to boot its disk: {@code client}, {@code reason}. */
    LOCAL_BOOT_OFFERED,
    /** It fetched something: {@code file}, {@code bytes}. */
    FETCHED,
    /** It may write: {@code disks} (identities, comma-separated), {@code reason}, its report. */
    CLAIM_GRANTED,
    /** It must not write: {@code reason}, and the machine's own report. */
    CLAIM_REFUSED,
    /** Its disk carries our label already, and nobody asked to wipe it: {@code label}, report. */
    FOUND_INSTALLED,
    /** The installer came to a step: {@code step}. */
    INSTALL_PROGRESS,
    /** The installer finished. */
    INSTALL_FINISHED,
    /** The installer gave up: {@code reason}. */
    INSTALL_FAILED,
    /** It sent the logs of its install, which are kept as files: {@code files}, {@code bytes}. */
    LOGS_KEPT,
    /** A firstboot step began: {@code step}. */
    STEP_STARTED,
    /** A firstboot step ended well: {@code step}. */
    STEP_FINISHED,
    /** A firstboot step failed and will be tried again: {@code step}, {@code reason}. */
    STEP_FAILED,
    /** All firstboot steps are done. */
    CONFIGURED,
    /**
     * It got the secrets of its role: {@code key} (fingerprint of its own key), {@code peer}
     * (address), {@code reason}. The first one binds the install to that key.
     */
    SECRETS_GRANTED,
    /**
     * A second key asked for them, so nobody gets them any more: {@code key} (the second one),
     * {@code peer}, {@code reason}.
     */
    SECRETS_FROZEN,
    /**
     * It is configured, and CloudStack does not say that it is up: {@code reason}, {@code remedy}.
     * Recorded when that changes.
     */
    CLOUD_WAITS,
    /** CloudStack says that it is up. No node says so of itself. */
    READY,
    /**
     * The site's cloud behind a management node was brought to what the site says, as far as it
     * went: {@code changes} (what was made or set), {@code waiting} (what takes its time), {@code
     * faults}; each absent if there was nothing. Recorded when that says something new.
     */
    CLOUD_APPLIED,
    /**
     * An operator ordered a new install: {@code wipe} (identities it may wipe; absent: none),
     * {@code teardown} ({@code all} if the whole site was torn down; absent: it was not), and what
     * {@link RestoreFile#detail()} has (absent: nothing is handed over).
     */
    REINSTALL_ORDERED,
    /** An operator dropped all that was known of it. */
    FORGOTTEN,
    /**
     * An operator brought a release of Rocky Linux here, which is of the site and no machine:
     * {@code release} (its folder), {@code source}, {@code trust} ({@code signed}, {@code vouched}
     * or {@code none}), {@code key} (fingerprint of who signed; absent: nobody), {@code sha256} (of
     * the image; absent: a tree), {@code unverified} (what was not verified; absent: nothing).
     */
    RELEASE_IMPORTED
  }

  public NodeEvent {
    detail = Collections.unmodifiableMap(new TreeMap<>(detail));
  }

  /** One that is not written yet. */
  public static NodeEvent of(
      Instant at,
      Subject subject,
      Kind kind,
      @Nullable InstallId install,
      Map<String, String> detail) {
    return new NodeEvent(0, at, subject, kind, install, detail);
  }

  /** The same at its place in the journal. */
  public NodeEvent at(long place) {
    return new NodeEvent(place, at, subject, kind, install, detail);
  }

  /** Without the value of a {@code token}, so that no log ever holds one. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(detail);
    shown.computeIfPresent("token", (key, value) -> "…");
    return sequence + " " + at + " " + subject + " " + kind + " " + install + " " + shown;
  }
}
