# Draws run2_seconds_per_epoch.svg, run2_seconds_per_epoch.pdf and run2_seconds_per_epoch.png from run2_seconds_per_epoch.dat, which must lie in the current folder:
#   gnuplot run2_seconds_per_epoch.gp
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
set label 1 'Seconds per epoch, fb13' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'seconds per epoch, median (left is better)'
set ytics ('basic' 0, 'bose' -1, 'kl' -2, 'kl+attr' -3) scale 0
set lmargin 10
set grid noytics xtics
set yrange [-3.6:0.6]
unset key
set xrange [0:*]
set style fill pattern 1 border
set offsets 0, graph 0.12, 0, 0
data = 'run2_seconds_per_epoch.dat'
set terminal svg noenhanced size 480,224 background '#ffffff' font 'sans,12'
set output 'run2_seconds_per_epoch.svg'
plot data using ($2 / 2):1:(0):2:($1 - 0.32):($1 + 0.32) with boxxyerror fill pattern 4 linecolor rgb '#0072B2' dashtype 1 notitle, \
     data using 2:1:3:4 with xerrorbars linecolor rgb '#000000' dashtype 1 pointtype 7 pointsize 0.5 notitle, \
     data using 4:1:(sprintf('%.3g s', $2)) with labels left offset 1,0 notitle
set terminal pdfcairo noenhanced size 5.00in,2.33in font 'sans,12' fontscale 0.75
set output 'run2_seconds_per_epoch.pdf'
replot
set terminal pngcairo noenhanced size 960,448 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run2_seconds_per_epoch.png'
replot
set output
