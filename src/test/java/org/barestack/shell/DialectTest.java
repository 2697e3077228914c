package org.barestack.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DialectTest {
  @ParameterizedTest
  @CsvSource({
    "bash, BASH",
    "/bin/sh, SH",
    "/usr/bin/bash -e, BASH",
    "'#!/bin/bash', BASH",
    "'#! /bin/sh -eu', SH",
    "'#!/usr/bin/env bash', BASH",
    "'#!/usr/bin/env -S LC_ALL=C bash -e', BASH",
    "'#!/usr/bin/env python3', OTHER",
    "/usr/bin/python3, OTHER",
    "/bin/zsh, OTHER",
    "dash, SH",
    "'#!', OTHER",
    "'', OTHER",
  })
  void ofAnInterpreter(String interpreter, Dialect dialect) {
    assertThat(Dialect.of(interpreter)).isEqualTo(dialect);
  }

  @Test
  void aScriptSaysItByItsShebang() {
    assertThat(Dialect.ofScript("#!/bin/sh\necho a\n", Dialect.BASH)).isEqualTo(Dialect.SH);
    assertThat(Dialect.ofScript("#!/bin/bash\r\n", Dialect.SH)).isEqualTo(Dialect.BASH);
    assertThat(Dialect.ofScript("echo a\n", Dialect.SH)).isEqualTo(Dialect.SH);
  }
}
