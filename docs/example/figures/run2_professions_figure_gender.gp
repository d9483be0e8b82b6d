# Draws run2_professions_figure_gender.svg, run2_professions_figure_gender.pdf and run2_professions_figure_gender.png from run2_professions_figure_gender.dat, which must lie in the current folder:
#   gnuplot run2_professions_figure_gender.gp
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
set label 1 'Professions by gender bias, fb13' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'B, sd over professions (right leans to male)'
set ytics ('economist' 0, 'baseball_player' -1, 'urban_planner' -2, 'geologist' -3, 'aerospace_engineer' -4, 'statistician' -5, 'merchant' -6, 'mechanical_engineer' -7, 'ice_hockey_player' -8, 'manufacturer' -9, 'mayor' -10, 'engineer' -11, 'civil_engineer' -12, 'umpire' -13, 'judge' -14, 'baseball_manager' -15, 'professional_boxer' -16, 'electrical_engineer' -17, 'pope' -18, 'sailor' -19, 'author' -20, 'silent_film_actress' -21, 'novelist' -22, 'social_work' -23, 'poet' -24, 'dance' -25, 'alpha_kappa_alpha' -26, 'swimmer' -27, 'fashion_model' -28, 'ballet_dancer' -29, 'socialite' -30, 'singer' -31, 'costume_designer' -32, 'ballerina' -33, 'sex_worker' -34, 'nude_glamour_model' -35, 'model' -36, 'pin-up_girl' -37, 'first_lady' -38, 'nurse' -39) scale 0
set lmargin 22
set rmargin 16
set grid noytics xtics
set yrange [-39.6:0.6]
set arrow from 0, graph 0 to 0, graph 1 nohead linecolor rgb '#444444' linewidth 1 dashtype 3 back
data = 'run2_professions_figure_gender.dat'
set terminal svg noenhanced size 652,800 background '#ffffff' font 'sans,12'
set output 'run2_professions_figure_gender.svg'
plot data index 0 using ($2 / 2):1:(0 < $2 ? 0 : $2):(0 < $2 ? $2 : 0):($1 - 0.36):($1 + 0.36) with boxxyerror fill solid 0.25 border linecolor rgb '#555555' dashtype 1 title 'basic', \
     data index 1 using 2:1 with points linetype 2 title 'bose [a]', \
     data index 2 using 2:1 with points linetype 3 title 'bose [s]', \
     data index 3 using 2:1 with points linetype 4 title 'kl', \
     data index 4 using 2:1 with points linetype 5 title 'kl+attr'
set terminal pdfcairo noenhanced size 6.79in,8.33in font 'sans,12' fontscale 0.75
set output 'run2_professions_figure_gender.pdf'
replot
set terminal pngcairo noenhanced size 1304,1600 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run2_professions_figure_gender.png'
replot
set output
