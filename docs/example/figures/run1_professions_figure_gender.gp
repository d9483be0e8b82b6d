# Draws run1_professions_figure_gender.svg, run1_professions_figure_gender.pdf and run1_professions_figure_gender.png from run1_professions_figure_gender.dat, which must lie in the current folder:
#   gnuplot run1_professions_figure_gender.gp
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
set label 1 'Professions by gender bias, fb15k-237' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'B, sd over professions (right leans to male organism)'
set ytics ('cartoonist' 0, 'coach' -1, 'patent inventor' -2, 'cinematographer' -3, 'farmer' -4, 'association football player' -5, 'animator' -6, 'organist' -7, 'composer' -8, 'economist' -9, 'historian' -10, 'drummer' -11, 'playwright' -12, 'soldier' -13, 'keyboardist' -14, 'audio engineer' -15, 'sailor' -16, 'architect' -17, 'lawyer' -18, 'conducting' -19, 'designer' -20, 'stunt performer' -21, 'comedian' -22, 'diplomat' -23, 'voice actor' -24, 'songwriter' -25, 'television producer' -26, 'music video director' -27, 'radio personality' -28, 'actor' -29, 'environmentalist' -30, 'spokesperson' -31, 'author' -32, 'journalist' -33, 'playback singer' -34, 'singer-songwriter' -35, 'television presenter' -36, 'costume designer' -37, 'pin-up girl' -38, 'model' -39) scale 0
set lmargin 30
set rmargin 16
set grid noytics xtics
set yrange [-39.6:0.6]
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb '#444444' linewidth 1 dashtype 3 back
data = 'run1_professions_figure_gender.dat'
set terminal svg noenhanced size 721,800 background '#ffffff' font 'sans,12'
set output 'run1_professions_figure_gender.svg'
plot data index 0 using ($2 / 2):1:(0 < $2 ? 0 : $2):(0 < $2 ? $2 : 0):($1 - 0.36):($1 + 0.36) with boxxyerror fill solid 0.25 border linecolor rgb '#555555' dashtype 1 title 'basic', \
     data index 1 using 2:1 with points linetype 2 title 'bose [a]', \
     data index 2 using 2:1 with points linetype 3 title 'bose [s]', \
     data index 3 using 2:1 with points linetype 4 title 'kl', \
     data index 4 using 2:1 with points linetype 5 title 'kl+attr'
set terminal pdfcairo noenhanced size 7.51in,8.33in font 'sans,12' fontscale 0.75
set output 'run1_professions_figure_gender.pdf'
replot
set terminal pngcairo noenhanced size 1442,1600 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run1_professions_figure_gender.png'
replot
set output
