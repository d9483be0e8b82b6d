# The program in a small image that does not run as root. With --user it writes as you.
#   docker build --tag kgaudit .
#   docker run --rm --user "$(id -u):$(id -g)" --volume "$PWD:/work" kgaudit gate check runs/today
FROM debian:12-slim AS build
COPY . /src
WORKDIR /src
RUN ci/setup \
 && cmake -S . -B /build -G Ninja -DCMAKE_BUILD_TYPE=Release \
          -DBUILD_TESTING=OFF -DKGAUDIT_BENCHMARKS=OFF \
 && cmake --build /build --target kgaudit \
 && strip /build/suite/kgaudit

FROM debian:12-slim
RUN apt-get update \
 && apt-get install --no-install-recommends --yes \
      ca-certificates gnuplot-nox libarchive13 libboost-iostreams1.74.0 libbz2-1.0 libcurl4 libfmt9 \
      libhdf5-103-1 libhwy1 libisal2 libserd-0-0 libssl3 libtomlplusplus3 libutf8proc2 libyaml-0-2 libzstd1 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build /build/suite/kgaudit /usr/local/bin/kgaudit
RUN useradd --create-home --uid 1000 kgaudit \
 && install --directory --owner=kgaudit --group=kgaudit /work
USER kgaudit
WORKDIR /work
ENTRYPOINT ["kgaudit"]
