package org.barestack.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootScriptTest {
  private static final URI AT = URI.create("http://10.0.0.1:8080/boot.ipxe");
  private static final Map<String, String> SETTINGS =
      Map.of("mac", "52-54-00-01-02-03", "uuid", "u-u", "platform", "efi");

  private static BootScript parse(String text) throws Lost {
    return BootScript.parse(text, AT, SETTINGS);
  }

  @Test
  void aScriptThatLeadsToTheMachinesOwn() throws Lost {
    assertThat(
            parse(
                """
                #!ipxe
                # a comment
                set tries:int32 0
                isset ${netX/ip} || dhcp || goto again
                :ask
                chain --autofree --replace http://10.0.0.1:8080/boot/${netX/mac:hexhyp}?uuid=${uuid}&serial=${serial:uristring}&platform=${platform} ||
                :again
                goto ask
                """))
        .isEqualTo(
            new BootScript(
                URI.create(
                    "http://10.0.0.1:8080/boot/52-54-00-01-02-03?uuid=u-u&serial=&platform=efi"),
                null,
                List.of(),
                List.of()));
  }

  @Test
  void aScriptThatStartsAKernel() throws Lost {
    BootScript script =
        parse(
            """
            #!ipxe
            set base http://10.0.0.2/tree
            kernel ${base}/vmlinuz initrd=initrd.img inst.ks=http://a/ks inst.ks=http://b/ks || goto failed
            initrd --name initrd.img /initrd.img || goto failed
            boot || goto failed
            :failed
            kernel other
            """);
    assertThat(script.kernel()).isEqualTo(URI.create("http://10.0.0.2/tree/vmlinuz"));
    assertThat(script.images()).containsExactly(URI.create("http://10.0.0.1:8080/initrd.img"));
    assertThat(script.argument("inst.ks")).contains("http://b/ks");
    assertThat(script.argument("inst.repo")).isEmpty();
  }

  @Test
  void aScriptThatBootsTheDisk() throws Lost {
    BootScript script = parse("#!ipxe\necho your disk\nsanboot --no-describe --drive 0x80\n");
    assertThat(script).isEqualTo(new BootScript(null, null, List.of(), List.of()));
  }

  @Test
  void whatIsNoScript() {
    assertThatThrownBy(() -> parse("<html>"))
        .isInstanceOf(Lost.class)
        .hasMessageContaining("no iPXE script");
    assertThatThrownBy(() -> parse("#!ipxe\nkernel http://[x\nboot"))
        .isInstanceOf(Lost.class)
        .hasMessageContaining("no URL");
  }
}
