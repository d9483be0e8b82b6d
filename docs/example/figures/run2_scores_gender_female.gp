# Draws run2_scores_gender_female.svg, run2_scores_gender_female.pdf and run2_scores_gender_female.png from run2_scores_gender_female.dat, which must lie in the current folder:
#   gnuplot run2_scores_gender_female.gp
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
set label 1 'Scores of gender female, fb13' at screen 0.02, screen 1 left offset 0, -1.3
set tmargin 3
set xlabel 'score g(person, gender, female)'
set ytics ('basic' 0, 'bose [a]' -1, 'bose [s]' -2, 'kl' -3, 'kl+attr' -4) scale 0
set lmargin 11
set rmargin 24
set grid noytics xtics
set yrange [-4.6:0.6]
set style fill pattern 1 border
data = 'run2_scores_gender_female.dat'
set terminal svg noenhanced size 626,380 background '#ffffff' font 'sans,12'
set output 'run2_scores_gender_female.svg'
plot data index 0 using 4:1:2:6 with xerrorbars linecolor rgb '#0072B2' dashtype 1 pointtype -1 notitle, \
     data index 0 using 4:1:3:5:($1 - 0.16):($1 + 0.16) with boxxyerror fill solid 0.75 linecolor rgb '#0072B2' dashtype 1 title 'S(female|female)', \
     data index 0 using 4:($1 - 0.16):(0):(0.32) with vectors nohead linecolor rgb '#000000' dashtype 1 linewidth 2 notitle, \
     data index 1 using 4:1:2:6 with xerrorbars linecolor rgb '#D55E00' dashtype 1 pointtype -1 notitle, \
     data index 1 using 4:1:3:5:($1 - 0.16):($1 + 0.16) with boxxyerror fill pattern 4 linecolor rgb '#D55E00' dashtype 1 title 'S(female|male)', \
     data index 1 using 4:($1 - 0.16):(0):(0.32) with vectors nohead linecolor rgb '#000000' dashtype 1 linewidth 2 notitle
set terminal pdfcairo noenhanced size 6.52in,3.96in font 'sans,12' fontscale 0.75
set output 'run2_scores_gender_female.pdf'
replot
set terminal pngcairo noenhanced size 1252,760 font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'
set output 'run2_scores_gender_female.png'
replot
set output
