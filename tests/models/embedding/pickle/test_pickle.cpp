#include <string>

#include "models/embedding/pickle/pickle.hpp"
#include "suite/base/error.hpp"
#include "tests/models/embedding/foreign/built_files.hpp"
#include "tests/test_support.hpp"

using namespace kgaudit;
using namespace kgaudit::models;
using namespace kgaudit::tests;

TEST_CASE("Values of a pickle are those that Python would make", "[models][pickle]") {
  // pickle.dumps({"a": [1, -2, 2.5, None, True], "b": (b"x", "y")}, protocol)
  const std::string four(
      "\x80\x04\x95\x2d\x00\x00\x00\x00\x00\x00\x00\x7d\x94\x28\x8c\x01\x61\x94\x5d\x94"
      "\x28\x4b\x01\x4a\xfe\xff\xff\xff\x47\x40\x04\x00\x00\x00\x00\x00\x00\x4e\x88\x65"
      "\x8c\x01\x62\x94\x43\x01\x78\x94\x8c\x01\x79\x94\x86\x94\x75\x2e",
      56);
  const std::string zero =
      "(dp0\nVa\np1\n(lp2\nI1\naI-2\naF2.5\naNaI01\nasVb\np3\n(S'x'\nVy\ntp4\ns.";
  for (const std::string& bytes : {four, zero}) {
    MemoryBudget budget;
    const Pickle pickle(bytes, "test", budget);
    CHECK(pickle.length() == bytes.size());
    const PickleValue root = pickle.root();
    REQUIRE(root.is(PickleKind::kDict));
    CHECK(root.pairs() == 2);
    const PickleValue list = root.get("a");
    REQUIRE(list.size() == 5);
    CHECK(list.at(0).integer() == 1);
    CHECK(list.at(1).integer() == -2);
    CHECK(list.at(2).number() == 2.5);
    CHECK(list.at(3).is(PickleKind::kNone));
    CHECK(list.at(4).boolean() == true);
    CHECK(root.get("b").at(0).bytes() == "x");
    CHECK(root.get("b").at(1).text() == "y");
    CHECK_FALSE(root.get("c"));
    CHECK_FALSE(list.at(5));
    CHECK(pickle.notes().empty());
  }
}

TEST_CASE("Numbers of a pickle keep their sign at every width", "[models][pickle]") {
  const std::string bytes = std::string("\x80\x02(\x8a\x01\xff\x8a\x02\xff\x7f\x8a\x00", 12) +
                            std::string("\x8a\x08\x00\x00\x00\x00\x00\x00\x00\x80", 10) +
                            "L-7L\nt.";
  MemoryBudget budget;
  const Pickle pickle(bytes, "test", budget);
  const PickleValue root = pickle.root();
  CHECK(root.at(0).integer() == -1);
  CHECK(root.at(1).integer() == 32767);
  CHECK(root.at(2).integer() == 0);
  CHECK(root.at(3).integer() == INT64_MIN);
  CHECK(root.at(4).integer() == -7);
}

TEST_CASE("A symbol that is only mentioned, or called into values, is a note", "[models][pickle]") {
  const std::string bytes = "\x80\x02(" + global_op("os", "system") +
                            global_op("pathlib", "WindowsPath") + "(" + text_op("C") + "tR" +
                            global_op("collections", "OrderedDict") + ")R" + "t.";
  MemoryBudget budget;
  const Pickle pickle(bytes, "test", budget);
  CHECK(pickle.notes() ==
        std::vector<std::string>{"mentions os.system", "mentions pathlib.WindowsPath"});
  CHECK(pickle.root().at(0).symbol() == "os.system");
  CHECK(pickle.root().at(1).arguments().at(0).text() == "C");
  CHECK(pickle.root().at(2).is(PickleKind::kDict));
}

TEST_CASE("Objects hold what was set on them and what their state says", "[models][pickle]") {
  // NEWOBJ, an item, and a state of attributes.
  const std::string bytes = "\x80\x02" + global_op("easydict", "EasyDict") + ")\x81" +
                            text_op("a") + int_op(1) + "s}" + text_op("b") + int_op(2) + "sb.";
  MemoryBudget budget;
  const Pickle pickle(bytes, "test", budget);
  CHECK(pickle.root().symbol() == "easydict.EasyDict");
  CHECK(pickle.root().get("a").integer() == 1);
  CHECK(pickle.root().get("b").integer() == 2);
}

TEST_CASE("What reaches outside is told by module and name", "[models][pickle]") {
  for (const char* name : {"os.system", "posix.system", "torch.os.system", "builtins.eval",
                           "numpy.load", "shutil.rmtree", "shutil.os"}) {
    CAPTURE(name);
    CHECK(reach_of(name) == Reach::kOutside);
  }
  for (const char* name :
       {"builtins.getattr", "__builtin__.hash", "pathlib.WindowsPath", "collections.OrderedDict",
        "torch._utils._rebuild_tensor_v2", "pykeen.utils.compose", "torch.nn.functional.normalize",
        "numpy.core.multiarray._reconstruct", "torch.multiprocessing.reductions.rebuild_tensor"}) {
    CAPTURE(name);
    CHECK(reach_of(name) == Reach::kNone);
  }
}
