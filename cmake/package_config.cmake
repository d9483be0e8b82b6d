# find_package(kgaudit): the targets kgaudit::base, datasets, models, metrics, reports and run, each of
# which brings those below it.
@PACKAGE_INIT@

include(${CMAKE_CURRENT_LIST_DIR}/dependencies.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/kgauditTargets.cmake)
check_required_components(kgaudit)
