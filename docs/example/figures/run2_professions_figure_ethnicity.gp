# Draws run2_professions_figure_ethnicity.svg, run2_professions_figure_ethnicity.pdf and run2_professions_figure_ethnicity.png from run2_professions_figure_ethnicity.dat, which must lie in the current folder:
#   gnuplot run2_professions_figure_ethnicity.gp
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
set label 1 'Professions by ethnicity bias, fb13' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'B, sd over professions (right leans to jew)'
set ytics ('mathematician' 0, 'screenwriter' -1, 'physicist' -2, 'philosopher' -3, 'economist' -4, 'film_director' -5, 'rabbi' -6, 'psychologist' -7, 'playwright' -8, 'journalist' -9, 'scientist' -10, 'film_producer' -11, 'essayist' -12, 'banker' -13, 'businessperson' -14, 'comedian' -15, 'diplomat' -16, 'violinist' -17, 'lawyer' -18, 'writer' -19, 'baseball_player' -20, 'publisher' -21, 'guitarist' -22, 'composer' -23, 'engineer' -24, 'singer-songwriter' -25, 'songwriter' -26, 'sailor' -27, 'organist' -28, 'bandleader' -29, 'keyboardist' -30, 'alpha_kappa_alpha' -31, 'jazz_pianist' -32, 'record_producer' -33, 'singer' -34, 'basketball_player' -35, 'inventor' -36, 'drummer' -37, 'american_football_player' -38, 'musician' -39) scale 0
set lmargin 27
set rmargin 16
set grid noytics xtics
set yrange [-39.6:0.6]
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb '#444444' linewidth 1 dashtype 3 back
data = 'run2_professions_figure_ethnicity.dat'
set terminal svg noenhanced size 695,800 background '#ffffff' font 'sans,12'
set output 'run2_professions_figure_ethnicity.svg'
plot data index 0 using ($2 / 2):1:(0 < $2 ? 0 : $2):(0 < $2 ? $2 : 0):($1 - 0.36):($1 + 0.36) with boxxyerror fill solid 0.25 border linecolor rgb '#555555' dashtype 1 title 'basic', \
     data index 1 using 2:1 with points linetype 2 title 'bose [a]', \
     data index 2 using 2:1 with points linetype 3 title 'bose [s]', \
     data index 3 using 2:1 with points linetype 4 title 'kl', \
     data index 4 using 2:1 with points linetype 5 title 'kl+attr'
set terminal pdfcairo noenhanced size 7.24in,8.33in font 'sans,12' fontscale 0.75
set output 'run2_professions_figure_ethnicity.pdf'
replot
set terminal pngcairo noenhanced size 1390,1600 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run2_professions_figure_ethnicity.png'
replot
set output
