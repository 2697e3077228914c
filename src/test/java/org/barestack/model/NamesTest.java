package org.barestack.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.barestack.testing.Properties.forAll;

import java.time.Instant;
import java.util.Map;
import org.barestack.model.NodeEvent.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
  private static final NodeName KVM1 = new NodeName("kvm1");

  @Test
  void anInstallIdTellsItsOwner() {
    forAll(
        500,
        random -> {
          InstallId id = InstallId.fresh("lab", KVM1, random);
          assertThat(id.label()).matches(InstallId.PATTERN).hasSize(12);
          assertThat(new InstallId(id.toString())).isEqualTo(id);
          assertThat(id.begun()).hasSize(12).isNotEqualTo(id.label());
          assertThat(InstallId.ofLabel(id.label())).contains(id);
          assertThat(InstallId.ofLabel(id.begun())).contains(id);
          assertThat(id.label()).startsWith("bs" + id.owner());
          assertThat(id.belongsTo("lab", KVM1)).isTrue();
          assertThat(id.belongsTo("lab", new NodeName("kvm2"))).isFalse();
          assertThat(id.belongsTo("prod", KVM1)).isFalse();
          assertThat(InstallId.fresh("lab", KVM1, random)).isNotEqualTo(id);
        });
  }

  /** Disks in the field carry these labels: how a name becomes a label can never change. */
  @Test
  void anOwnersLettersStay() {
    assertThat(new InstallId("bs72bsaaaaaa").belongsTo("lab", KVM1)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bs",
        "bsabcdefghi",
        "bsabcdefghijk",
        "bsABCDEFGHIJ",
        "bsabcdefgh18",
        "xsabcdefghij",
        "bsabcdefghij\n",
      })
  void refusesWhatIsNoInstallId(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> new InstallId(text));
  }

  @Test
  void aTokenIsNeverPrinted() {
    forAll(
        200,
        random -> {
          Token token = Token.fresh(random);
          assertThat(new Token(token.secret())).isEqualTo(token);
          NodeState.Install install =
              NodeState.Install.opened(new InstallId("bsabcdefghij"), token);
          NodeEvent opened =
              NodeEvent.of(
                  Instant.EPOCH,
                  new Subject.OfNode(KVM1),
                  Kind.INSTALL_OPENED,
                  install.id(),
                  Map.of("token", token.secret(), "release", "9.7"));
          for (Object said : new Object[] {token, install, opened, NodeState.NEW.after(opened)}) {
            assertThat(said.toString()).doesNotContain(token.secret().substring(4));
          }
          assertThat(opened).asString().contains("kvm1", "INSTALL_OPENED", "release=9.7");
          assertThat(NodeState.NEW.after(opened).install()).isNotNull();
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0123456789abcdef0123456789abcde",
        "0123456789ABCDEF0123456789ABCDEF",
        "0123456789abcdef0123456789abcdef0",
      })
  void aRefusedTokenIsNotRepeated(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Token(text))
        .withMessage("not a token");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kvm1", "a", "52:54:00:00:00:01"})
  void aSubjectSurvivesItsText(String text) {
    assertThat(Subject.parse(text)).hasToString(text);
  }
}
