#include "reports/figures/figure.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <gnuplot-iostream.h>
#include <unistd.h>

#include "suite/base/error.hpp"
#include "suite/base/files/atomic_file.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr const char* kProgram = "gnuplot";

bool is_in_path(const char* program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, end)) / program;
    if (end > 0 && access(candidate.c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

/// Why the gnuplot of this PATH is left alone. It is asked for its version once, and one that kept
/// us waiting (a wrapper that waits for a licence or a display, say) gets no further figure.
std::optional<std::string>& trouble_of_path() {
  static std::map<std::string, std::optional<std::string>> troubles;
  const char* path = std::getenv("PATH");
  const auto [known, fresh] = troubles.emplace(path == nullptr ? "" : path, std::nullopt);
  if (!fresh) return known->second;
  const auto begun = std::chrono::steady_clock::now();
  if (std::system("timeout -s KILL 5 gnuplot --version </dev/null >/dev/null 2>&1") != 0) {
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begun;
    known->second = taken.count() < 4.0 ? "gnuplot --version fails"
                                        : "gnuplot did not say its version within 5 seconds";
  }
  return known->second;
}

/// Why gnuplot cannot be used, or nothing.
std::optional<std::string> trouble_with_gnuplot() {
  if (!is_in_path(kProgram)) return "gnuplot is not installed";
  if (!is_in_path("timeout")) return "the program timeout, which watches gnuplot, is not installed";
  return trouble_of_path();
}

// While it lives, writing to a gnuplot that has died is an error of the stream and not the end of
// the process.
class BrokenPipeIgnored {
 public:
  BrokenPipeIgnored() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~BrokenPipeIgnored() {
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  BrokenPipeIgnored(const BrokenPipeIgnored&) = delete;
  BrokenPipeIgnored& operator=(const BrokenPipeIgnored&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
};

// Okabe and Ito's colours without the yellow, which white paper swallows.
constexpr std::array<const char*, 7> kColours = {"#000000", "#E69F00", "#0072B2", "#D55E00",
                                                 "#009E73", "#CC79A7", "#56B4E9"};
struct Marker {
  int gnuplot;  ///< its pointtype
  const char* text;
};
// gnuplot's filled shapes first, then the open ones.
constexpr std::array<Marker, 14> kMarkers = {{{7, "●"},
                                              {5, "■"},
                                              {9, "▲"},
                                              {13, "◆"},
                                              {11, "▼"},
                                              {15, "⬟"},
                                              {4, "□"},
                                              {6, "○"},
                                              {8, "△"},
                                              {12, "◇"},
                                              {10, "▽"},
                                              {14, "⬠"},
                                              {1, "+"},
                                              {2, "×"}}};
constexpr std::size_t kDashes = 5;
/// Further ones look like those from the first on.
constexpr std::size_t kSeries = 42;

const char* colour_of(std::size_t series) {
  // Where the markers begin again, each has the next colour.
  const std::size_t i = series - 1;
  return kColours[(i + i / kMarkers.size()) % kColours.size()];
}
const Marker& marker_of(std::size_t series) { return kMarkers[(series - 1) % kMarkers.size()]; }

// Every series has a colour, a dash and a marker of its own, so greyscale and any colour vision
// tell them apart.
std::string series_styles() {
  std::string out;
  for (std::size_t series = 1; series <= kSeries; ++series) {
    out += fmt::format(
        "set linetype {} linecolor rgb '{}' dashtype {} pointtype {} pointsize 1 linewidth 1.5\n",
        series, colour_of(series), (series - 1) % kDashes + 1, marker_of(series).gnuplot);
  }
  return out + fmt::format("set linetype cycle {}\n", kSeries);
}

constexpr std::string_view kStyle = R"(set encoding utf8
set border 3 linecolor rgb '#444444'
set tics nomirror out
set grid linecolor rgb '#dddddd' linetype 1 dashtype 1 linewidth 0.5
set key outside right top vertical maxcols 1 Left reverse samplen 2 spacing 1.3
set bars small
)";

}  // namespace

std::string gnuplot_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    out += c;
    if (c == '\'') out += c;
  }
  return out + '\'';
}

std::string data_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    out += c == '"' ? '\'' : (c == '\\' ? '/' : c);
  }
  return out + '"';
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::string out;
  std::size_t at = 0;
  while (at < text.size() && display_width(out) + 1 < columns) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(text.substr(at)), 1);
    out += text.substr(at, length);
    at += length;
  }
  return out + "…";
}

FigureKey series_key(std::size_t series, std::string name) {
  KGA_REQUIRE(series > 0, "series = {}", series);
  const std::size_t drawn = (series - 1) % kSeries + 1;
  return {std::move(name), colour_of(drawn), marker_of(drawn).text};
}

std::string figure_script(const std::string& name, const FigureSize& size,
                          const std::string& settings, const std::string& plot) {
  constexpr double kPixelsPerInch = 96.0;
  return fmt::format(
      "# Draws {0}.svg, {0}.pdf and {0}.png from {0}.dat, which must lie in the current folder:\n"
      "#   gnuplot {0}.gp\n"
      "{1}{10}{2}data = '{0}.dat'\n"
      "set terminal svg noenhanced size {3},{4} background '#ffffff' font 'sans,12'\n"
      "set output '{0}.svg'\n"
      "{5}\n"
      "set terminal pdfcairo noenhanced size {6:.2f}in,{7:.2f}in font 'sans,12' fontscale 0.75\n"
      "set output '{0}.pdf'\n"
      "replot\n"
      "set terminal pngcairo noenhanced size {8},{9} font 'sans,12' fontscale 2 linewidth 2 "
      "pointscale 2 background '#ffffff'\n"
      "set output '{0}.png'\n"
      "replot\n"
      "set output\n",
      name, kStyle, settings, size.width, size.height, plot, size.width / kPixelsPerInch,
      size.height / kPixelsPerInch, 2 * size.width, 2 * size.height, series_styles());
}

Drawing draw(const Figure& figure, const std::filesystem::path& folder,
             std::chrono::seconds patience) {
  KGA_REQUIRE(!figure.name.empty() &&
                  figure.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                      std::string::npos,
              "name = {}", figure.name);
  Drawing drawing;
  const std::string script = figure.name + ".gp";
  write_atomically(folder / (figure.name + ".dat"), figure.data, kOutputComplaint);
  write_atomically(folder / script, figure.script, kOutputComplaint);
  drawing.files = {script, figure.name + ".dat"};

  const std::vector<std::string> pictures = {figure.name + ".svg", figure.name + ".pdf",
                                             figure.name + ".png"};
  // gnuplot reports no failure to us: a picture that lies there afterwards is the only sign, so
  // none may be left from before.
  for (const std::string& picture : pictures) {
    std::error_code ignored;
    std::filesystem::remove(folder / picture, ignored);
  }
  if (const auto trouble = trouble_with_gnuplot()) {
    drawing.not_drawn = *trouble + "; the script and the data are there";
    return drawing;
  }
  const auto begun = std::chrono::steady_clock::now();
  {
    const BrokenPipeIgnored guard;
    // Default settings: no start-up file of the user has a part in the picture.
    // "|| true": gnuplot-iostream prints when the program ends in an error; the pictures tell us.
    Gnuplot gnuplot(fmt::format("timeout -s KILL {} gnuplot --default-settings 2>/dev/null || true",
                                patience.count()));
    gnuplot << "cd " << gnuplot_quoted(std::filesystem::absolute(folder).string()) << '\n'
            << "load " << gnuplot_quoted(script) << std::endl;
  }
  if (std::chrono::steady_clock::now() - begun >= patience) {
    trouble_of_path() =
        fmt::format("gnuplot took more than {} s over {}", patience.count(), figure.name);
  }
  for (const std::string& picture : pictures) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(folder / picture, failure);
    if (!failure && size > 0) {
      drawing.files.push_back(picture);
    } else {
      drawing.not_drawn = fmt::format("gnuplot did not draw {}; try: gnuplot {}", picture, script);
    }
  }
  return drawing;
}

}  // namespace kgaudit::reports
