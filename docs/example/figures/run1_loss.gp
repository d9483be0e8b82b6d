# Draws run1_loss.svg, run1_loss.pdf and run1_loss.png from run1_loss.dat, which must lie in the current folder:
#   gnuplot run1_loss.gp
set encoding utf8
set border 3 linecolor rgb '#444444'
set tics nomirror out
set grid linecolor rgb '#dddddd' linetype 1 dashtype 1 linewidth 0.5
set key outside right top Left reverse samplen 2 spacing 1.3
set bars small
set linetype 1 linecolor rgb '#000000' dashtype 1 pointtype 7 pointsize 1 linewidth 1.5
set linetype 2 linecolor rgb '#E69F00' dashtype 2 pointtype 5 pointsize 1 linewidth 1.5
set linetype 3 linecolor rgb '#0072B2' dashtype 3 pointtype 9 pointsize 1 linewidth 1.5
set linetype 4 linecolor rgb '#D55E00' dashtype 4 pointtype 13 pointsize 1 linewidth 1.5
set linetype 5 linecolor rgb '#009E73' dashtype 5 pointtype 11 pointsize 1 linewidth 1.5
set linetype 6 linecolor rgb '#CC79A7' dashtype 1 pointtype 15 pointsize 1 linewidth 1.5
set linetype 7 linecolor rgb '#56B4E9' dashtype 2 pointtype 4 pointsize 1 linewidth 1.5
set linetype 8 linecolor rgb '#000000' dashtype 3 pointtype 6 pointsize 1 linewidth 1.5
set linetype 9 linecolor rgb '#E69F00' dashtype 4 pointtype 8 pointsize 1 linewidth 1.5
set linetype 10 linecolor rgb '#0072B2' dashtype 5 pointtype 12 pointsize 1 linewidth 1.5
set linetype 11 linecolor rgb '#D55E00' dashtype 1 pointtype 10 pointsize 1 linewidth 1.5
set linetype 12 linecolor rgb '#009E73' dashtype 2 pointtype 14 pointsize 1 linewidth 1.5
set linetype 13 linecolor rgb '#CC79A7' dashtype 3 pointtype 1 pointsize 1 linewidth 1.5
set linetype 14 linecolor rgb '#56B4E9' dashtype 4 pointtype 2 pointsize 1 linewidth 1.5
set label 1 'Training loss, fb15k-237' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'epoch'
set ylabel 'mean loss per positive triple'
set rmargin 15
set offsets graph 0.02, graph 0.02, graph 0.05, graph 0.05
data = 'run1_loss.dat'
set terminal svg noenhanced size 620,400 background '#ffffff' font 'sans,12'
set output 'run1_loss.svg'
plot data index 0 using 1:2 with linespoints linetype 1 pointinterval 1 title 'basic', \
     data index 1 using 1:2 with linespoints linetype 2 pointinterval 1 title 'bose', \
     data index 2 using 1:2 with linespoints linetype 3 pointinterval 1 title 'kl', \
     data index 3 using 1:2 with linespoints linetype 4 pointinterval 1 title 'kl+attr'
set terminal pdfcairo noenhanced size 6.46in,4.17in font 'sans,12' fontscale 0.75
set output 'run1_loss.pdf'
replot
set terminal pngcairo noenhanced size 1240,800 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run1_loss.png'
replot
set output
