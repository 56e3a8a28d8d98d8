#include "app/configuration.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <fstream>

#include "base/temporary_folder.hpp"

namespace assay::app {
namespace {

using testing::HasSubstr;

class ConfigurationTest : public testing::Test {
 protected:
  std::filesystem::path file(std::string_view text) {
    const auto path = folder_.path() / "assay.toml";
    std::ofstream(path) << text;
    return path;
  }

  std::string refusal_of(const ConfigurationSources& sources) {
    try {
      Configuration::load(sources);
    } catch (const Refusal& refusal) {
      return refusal.what();
    }
    return "";
  }

  TemporaryFolder folder_;
};

TEST_F(ConfigurationTest, NeedsNothing) {
  const auto configuration = Configuration::load({});
  EXPECT_EQ(configuration.address("gateway.listen").port, 8080);
  EXPECT_EQ(configuration.settings().find("gateway.listen")->second.origin, "default");
}

TEST_F(ConfigurationTest, FlagsWinOverEnvironmentOverFile) {
  const auto path = file("data_dir = 'a'\n[server]\nthreads = 3\nconnections = 7\n");
  const auto configuration =
      Configuration::load({.file = path,
                           .environment = {{"ASSAY_SERVER__THREADS", "4"}, {"ASSAY_DATA_DIR", "b"}},
                           .flags = {{"data_dir", "c"}},
                           .defaults = {}});
  EXPECT_EQ(configuration.number("server.connections"), 7U);
  EXPECT_EQ(configuration.number("server.threads"), 4U);
  EXPECT_EQ(configuration.text("data_dir"), "c");
}

TEST_F(ConfigurationTest, AShareIsAFractionInTheFileToo) {
  const auto path = file("[traces]\nsampling = 0.25\n");
  const auto configuration = Configuration::load({.file = path, .environment = {}, .flags = {}, .defaults = {}});
  EXPECT_EQ(configuration.ratio("traces.sampling"), 0.25);
  for (const auto* wrong : {"nan", "1.5", "-0.1", "'much'", "''"}) {
    EXPECT_THAT(refusal_of({.file = file(fmt::format("[traces]\nsampling = {}\n", wrong)),
                            .environment = {},
                            .flags = {},
                            .defaults = {}}),
                HasSubstr("traces.sampling"))
        << wrong;
  }
}

TEST_F(ConfigurationTest, AnUnknownKeyIsRefusedWithTheNearestKnownOne) {
  const auto path = file("[gateway]\nlissten = '127.0.0.1:1'\n");
  EXPECT_THAT(refusal_of({.file = path, .environment = {}, .flags = {}, .defaults = {}}),
              testing::AllOf(HasSubstr("assay.toml:2"), HasSubstr("did you mean gateway.listen?")));
}

TEST_F(ConfigurationTest, AWrongValueIsRefusedWithItsPlace) {
  EXPECT_THAT(refusal_of({.file = file("[server]\nthreads = -1\n"), .environment = {}, .flags = {}, .defaults = {}}),
              testing::AllOf(HasSubstr("server.threads"), HasSubstr("assay.toml:2"), HasSubstr("from 0 to 256")));
  EXPECT_THAT(refusal_of({.file = std::nullopt, .environment = {}, .flags = {{"audit.listen", "x"}}, .defaults = {}}),
              HasSubstr("audit.listen (flag)"));
  EXPECT_THAT(refusal_of({.file = file("[server"), .environment = {}, .flags = {}, .defaults = {}}),
              HasSubstr("assay.toml:1"));
  EXPECT_THAT(refusal_of({.file = folder_.path() / "none.toml", .environment = {}, .flags = {}, .defaults = {}}),
              HasSubstr("can't be read"));
}

TEST_F(ConfigurationTest, ASectionThatThereIsNotIsRefusedEvenWhenEmpty) {
  EXPECT_THAT(
      refusal_of({.file = file("data_dir = 'a'\n[gatewayy]\n"), .environment = {}, .flags = {}, .defaults = {}}),
      testing::AllOf(HasSubstr("assay.toml:2"), HasSubstr("did you mean [gateway]?")));
  EXPECT_EQ(refusal_of({.file = file("[gateway]\n"), .environment = {}, .flags = {}, .defaults = {}}), "");
}

TEST_F(ConfigurationTest, AUrlMustBeOneOfAServer) {
  for (const auto* key : {"gateway.patients_url", "gateway.audit_url", "patients.audit_url"}) {
    for (const auto* url : {"nonsense", "https://a:1", "http://a:1/path"}) {
      EXPECT_THAT(refusal_of({.file = std::nullopt, .environment = {}, .flags = {{key, url}}, .defaults = {}}),
                  testing::AllOf(HasSubstr(key), HasSubstr("is no URL of a server")));
    }
  }
}

TEST_F(ConfigurationTest, TheHeadIsNoOtherFileFromAnotherFolder) {
  EXPECT_THAT(
      refusal_of({.file = file("[audit]\nhead_path = 'log.head'\n"), .environment = {}, .flags = {}, .defaults = {}}),
      testing::AllOf(HasSubstr("audit.head_path"), HasSubstr("assay.toml:2"), HasSubstr("a whole path")));
  EXPECT_EQ(
      refusal_of({.file = file("[audit]\nhead_path = '/log.head'\n"), .environment = {}, .flags = {}, .defaults = {}}),
      "");
}

TEST_F(ConfigurationTest, NothingIsAValueOnlyWhereNothingIsTheDefault) {
  const auto refusal = [this](const char* key) {
    return refusal_of({.file = std::nullopt, .environment = {}, .flags = {{key, ""}}, .defaults = {}});
  };
  for (const auto* key : {"secrets.dir", "gateway.audit_url", "audit.head_path"}) EXPECT_EQ(refusal(key), "");
  for (const auto* key : {"data_dir", "gateway.listen", "patients.audit_url", "server.threads"}) {
    EXPECT_EQ(refusal(key), fmt::format("{} (flag) must not be empty", key));
  }
}

TEST_F(ConfigurationTest, AnUnknownVariableIsRefusedWithTheNearestKnownOne) {
  const auto refusal = [this](const char* variable) {
    return refusal_of({.file = std::nullopt, .environment = {{variable, "x"}}, .flags = {}, .defaults = {}});
  };
  EXPECT_THAT(refusal("ASSAY_GATEWAY__LISTNE"), HasSubstr("did you mean ASSAY_GATEWAY__LISTEN?"));
  EXPECT_THAT(refusal("ASSAY_DATA__DIR"), HasSubstr("did you mean ASSAY_DATA_DIR?"));
  EXPECT_EQ(refusal("ASSAY_DATADIR"), "");
}

TEST_F(ConfigurationTest, AFolderIsNoConfigurationFile) {
  EXPECT_THAT(refusal_of({.file = folder_.path(), .environment = {}, .flags = {}, .defaults = {}}),
              HasSubstr("can't be read"));
}

}  // namespace
}  // namespace assay::app
