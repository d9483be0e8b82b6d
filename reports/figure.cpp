#include "reports/figure.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include <fmt/format.h>
#include <gnuplot-iostream.h>
#include <unistd.h>

#include "reports/comparison_table.hpp"
#include "suite/base/error.hpp"
#include "suite/base/text.hpp"

namespace kgaudit::reports {
namespace {

constexpr const char* kProgram = "gnuplot";

// gnuplot's single-quoted strings know one escape, the doubled quote, and run no shell commands.
std::string gnuplot_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    out += c;
    if (c == '\'') out += c;
  }
  return out + '\'';
}

// A label in a data file. Its quoted strings know no dependable escape for quotes and backslashes,
// so these are replaced.
std::string data_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
    out += c == '"' ? '\'' : (c == '\\' ? '/' : c);
  }
  return out + '"';
}

bool program_is_installed() {
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, end)) / kProgram;
    if (end > 0 && access(candidate.c_str(), X_OK) == 0) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
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

void write_source(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) {
    throw InputError::usage(file.string(), "cannot be written",
                            "a writable folder and free disk space");
  }
}

struct Point {
  std::string name;
  Summary quality;
  Summary bias;  // of |ΔS|
};

std::vector<Point> points_of(const RunRecord& record, const std::string& attribute) {
  const Facets ranking = {
      {"filter", "filtered"}, {"side", "both"}, {"ties", "realistic"}, {"set", "all"}};
  std::vector<Point> points;
  for (const SystemView& row : system_views(record)) {
    const Cell quality = cell_of(record, row, "link_prediction.mrr", ranking);
    const Cell bias = cell_of(record, row, "score_gap.micro", {{"attribute", attribute}});
    const auto* x = std::get_if<NumberCell>(&quality);
    const auto* y = std::get_if<NumberCell>(&bias);
    if (x == nullptr || y == nullptr) continue;
    Point point{name_of(record, row), x->summary, y->summary};
    point.bias.centre = std::abs(point.bias.centre);
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace

std::optional<Figure> bias_against_quality(const RunRecord& record, const std::string& attribute) {
  const std::vector<Point> points = points_of(record, attribute);
  if (points.empty()) return std::nullopt;
  Figure figure;
  figure.name = "bias_vs_mrr";
  figure.data = "# mrr mrr_sd abs_score_gap abs_score_gap_sd name\n";
  double left = points.front().quality.centre;
  double right = left;
  double top = 0.0;
  for (const Point& p : points) {
    const double x_sd = p.quality.sd.value_or(0.0);
    const double y_sd = p.bias.sd.value_or(0.0);
    figure.data += fmt::format("{} {} {} {} {}\n", number_text(p.quality.centre), number_text(x_sd),
                               number_text(p.bias.centre), number_text(y_sd), data_quoted(p.name));
    left = std::min(left, p.quality.centre - x_sd);
    right = std::max(right, p.quality.centre + x_sd);
    top = std::max(top, p.bias.centre + y_sd);
  }
  // Room for the labels, which stand to the right of their points.
  const double span = std::max(right - left, 0.02);
  const std::string attribute_name = label_of(record, attribute);
  figure.script = fmt::format(
      R"(# Draws {0}.svg and {0}.png from {0}.dat, which must lie in the current folder.
set encoding utf8
set title {1} font ',14'
set xlabel 'filtered MRR (right is better)' font ',12'
set ylabel {2} font ',12'
set border 3 linecolor rgb '#444444'
set tics nomirror out font ',11'
set grid linecolor rgb '#dddddd' linetype 1 linewidth 0.5
unset key
set bars 0
set xrange [{3}:{4}]
set yrange [0:{5}]
bars = '{0}.dat'
draw = 'plot bars using 1:3:2:4 with xyerrorbars linecolor rgb "#9aa7b5" pointtype -1, '. \
       'bars using 1:3 with points pointtype 7 pointsize 1.1 linecolor rgb "#1f5a92", '. \
       'bars using 1:3:5 with labels left offset 0.9,0.6 font ",11" textcolor rgb "#222222"'
set terminal svg noenhanced size 720,480 background '#ffffff' font 'sans'
set output '{0}.svg'
@draw
set terminal pngcairo noenhanced size 1440,960 fontscale 2 linewidth 2 pointscale 2 font 'sans'
set output '{0}.png'
@draw
set output
)",
      figure.name, gnuplot_quoted(fmt::format("Bias against quality, {}", record.run.dataset)),
      gnuplot_quoted(fmt::format("|ΔS| {} (down is better)", attribute_name)),
      number_text(left - 0.1 * span), number_text(right + 0.3 * span),
      number_text(top > 0.0 ? 1.12 * top : 1.0));
  return figure;
}

Drawing draw(const Figure& figure, const std::filesystem::path& folder) {
  KGA_REQUIRE(!figure.name.empty() &&
                  figure.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") ==
                      std::string::npos,
              "name = {}", figure.name);
  Drawing drawing;
  const std::string script = figure.name + ".gp";
  write_source(folder / (figure.name + ".dat"), figure.data);
  write_source(folder / script, figure.script);
  drawing.files = {script, figure.name + ".dat"};

  const std::vector<std::string> pictures = {figure.name + ".svg", figure.name + ".png"};
  // gnuplot reports no failure to us: a picture that lies there afterwards is the only sign, so
  // none may be left from before.
  for (const std::string& picture : pictures) {
    std::error_code ignored;
    std::filesystem::remove(folder / picture, ignored);
  }
  if (!program_is_installed()) {
    drawing.not_drawn = "gnuplot is not installed; the script and the data are there";
    return drawing;
  }
  {
    const BrokenPipeIgnored guard;
    // Default settings: no start-up file of the user has a part in the picture.
    // "|| true": gnuplot-iostream prints when the program ends in an error; the pictures tell us.
    Gnuplot gnuplot("gnuplot --default-settings 2>/dev/null || true");
    gnuplot << "cd " << gnuplot_quoted(std::filesystem::absolute(folder).string()) << '\n'
            << "load " << gnuplot_quoted(script) << std::endl;
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
