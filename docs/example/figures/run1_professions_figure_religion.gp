# Draws run1_professions_figure_religion.svg, run1_professions_figure_religion.pdf and run1_professions_figure_religion.png from run1_professions_figure_religion.dat, which must lie in the current folder:
#   gnuplot run1_professions_figure_religion.gp
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
set label 1 'Professions by religion bias, fb15k-237' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'B, sd over professions (right leans to Catholicism)'
set ytics ('sportsperson' 0, 'model' -1, 'designer' -2, 'guitarist' -3, 'politician' -4, 'artist' -5, 'television presenter' -6, 'record producer' -7, 'actor' -8, 'comedian' -9, 'voice actor' -10, 'singer-songwriter' -11, 'television director' -12, 'lawyer' -13, 'musician' -14, 'journalist' -15, 'songwriter' -16, 'film producer' -17, 'poet' -18, 'television producer' -19, 'film director' -20, 'screenwriter' -21, 'author' -22, 'businessperson' -23, 'composer' -24, 'scientist' -25, 'lyricist' -26, 'writer' -27, 'playwright' -28, 'professor' -29, 'conducting' -30) scale 0
set lmargin 23
set rmargin 16
set grid noytics xtics
set yrange [-30.6:0.6]
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb '#444444' linewidth 1 dashtype 3 back
data = 'run1_professions_figure_religion.dat'
set terminal svg noenhanced size 660,647 background '#ffffff' font 'sans,12'
set output 'run1_professions_figure_religion.svg'
plot data index 0 using ($2 / 2):1:(0 < $2 ? 0 : $2):(0 < $2 ? $2 : 0):($1 - 0.36):($1 + 0.36) with boxxyerror fill solid 0.25 border linecolor rgb '#555555' dashtype 1 title 'basic', \
     data index 1 using 2:1 with points linetype 2 title 'bose [a]', \
     data index 2 using 2:1 with points linetype 3 title 'bose [s]', \
     data index 3 using 2:1 with points linetype 4 title 'kl', \
     data index 4 using 2:1 with points linetype 5 title 'kl+attr'
set terminal pdfcairo noenhanced size 6.88in,6.74in font 'sans,12' fontscale 0.75
set output 'run1_professions_figure_religion.pdf'
replot
set terminal pngcairo noenhanced size 1320,1294 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run1_professions_figure_religion.png'
replot
set output
