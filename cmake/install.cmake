# What `cmake --install` and the packages consist of, in two parts:
#   program      the program, its manual pages, completions and documents
#   development  headers, libraries and what find_package(kgaudit) reads
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(share ${KGAUDIT_SHARE})
install(TARGETS kgaudit RUNTIME COMPONENT program)
install(DIRECTORY ${share}/man/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
install(FILES ${share}/kgaudit.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
        RENAME kgaudit COMPONENT program)
install(FILES ${share}/_kgaudit DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT program)
install(FILES ${share}/kgaudit.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d
        COMPONENT program)
install(FILES README.md CHANGELOG.md CONTRIBUTING.md SECURITY.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright COMPONENT program)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs COMPONENT program)

# Static libraries: a program that uses them must be compiled with the same options of the processor and of Eigen, which
# are part of the headers.
set(rooms kgaudit_base kgaudit_datasets kgaudit_models kgaudit_metrics kgaudit_reports kgaudit_run)
target_compile_features(kgaudit_base INTERFACE cxx_std_20)
target_compile_options(kgaudit_base INTERFACE $<INSTALL_INTERFACE:${KGAUDIT_MARCH_FLAG}>
                                              $<INSTALL_INTERFACE:-ffp-contract=off>)
foreach(room IN LISTS rooms)
  string(REPLACE kgaudit_ "" name ${room})
  set_target_properties(${room} PROPERTIES EXPORT_NAME ${name})
endforeach()
install(TARGETS ${rooms} EXPORT kgauditTargets ARCHIVE COMPONENT development)
file(GLOB_RECURSE headers RELATIVE ${PROJECT_SOURCE_DIR} CONFIGURE_DEPENDS
     datasets/*.hpp models/*.hpp metrics/*.hpp reports/*.hpp suite/base/*.hpp suite/plan/*.hpp
     suite/compare/*.hpp suite/run/*.hpp suite/search/*.hpp suite/audit/*.hpp suite/gate/*.hpp)
foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/kgaudit/${folder} COMPONENT development)
endforeach()

set(config ${CMAKE_INSTALL_LIBDIR}/cmake/kgaudit)
install(EXPORT kgauditTargets NAMESPACE kgaudit:: DESTINATION ${config} COMPONENT development)
configure_package_config_file(cmake/package_config.cmake ${PROJECT_BINARY_DIR}/kgauditConfig.cmake
                              INSTALL_DESTINATION ${config})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kgauditConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kgauditConfig.cmake ${PROJECT_BINARY_DIR}/kgauditConfigVersion.cmake
              cmake/dependencies.cmake
        DESTINATION ${config} COMPONENT development)

# Packages: cpack --preset package
set(CPACK_PACKAGE_CONTACT "kgaudit developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGE_FILE_NAME "kgaudit-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME kgaudit)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_DEPENDS "ca-certificates")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS "gnuplot-nox")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libkgaudit-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "libeigen3-dev, libboost-dev, libboost-iostreams-dev, libboost-system-dev, libboost-filesystem-dev, libfmt-dev, nlohmann-json3-dev, libtomlplusplus-dev, libcurl4-openssl-dev, libssl-dev, libarchive-dev, libserd-dev, libhwy-dev, libzstd-dev, libisal-dev, libbz2-dev, libhdf5-dev, libyaml-dev, libutf8proc-dev, pkg-config")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
    "Trains knowledge-graph embeddings with and without debiasing, measures their bias and quality, audits
 embedding files of other tools, and gates builds on both.")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "Headers and static libraries of kgaudit, for find_package(kgaudit).")
include(CPack)
